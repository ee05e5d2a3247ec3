/**
 * As much of SMTP (RFC 5321) as handing over one message takes, without encryption: the simulator plays Salesforce's
 * outgoing mail server towards a mailbox on loopback.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'

interface Envelope {
  readonly host: string
  readonly port: number
  /** The address bounces go to, which receivers keep as Return-Path. */
  readonly sender: string
  readonly recipient: string
}

const patienceMs = 20_000

/** Complete answers (`250 ok`, or the lines `250-…` up to the last), one at a time. */
function answers(socket: Socket): () => Promise<string> {
  let text = ''
  let failure: Error | undefined
  let wake: (() => void) | undefined
  const rouse = (): void => wake?.()
  socket.setEncoding('utf8')
  socket.on('data', (part: string) => {
    text += part
    rouse()
  })
  const fail = (error: Error): void => {
    failure ??= error
    rouse()
  }
  socket.on('error', fail)
  socket.on('timeout', () => fail(new Error(`The mail server said nothing for ${patienceMs / 1000} seconds`)))
  socket.on('close', () => fail(new Error('The mail server closed the connection')))
  return async () => {
    for (;;) {
      const match = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\n/.exec(text)
      if (match !== null) {
        text = text.slice(match[0].length)
        return match[0].trimEnd()
      }
      if (failure !== undefined) throw failure
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}

/** Hands a message over; rejects with what the mail server said. */
export async function sendMail(to: Envelope, message: string): Promise<void> {
  const socket = connect({ host: to.host, port: to.port })
  socket.setTimeout(patienceMs)
  const next = answers(socket)
  const expect = async (code: '2' | '3', said: string): Promise<void> => {
    const answer = await next()
    if (!answer.startsWith(code)) throw new Error(`The mail server answered ${said} with: ${answer}`)
  }
  const say = (line: string, code: '2' | '3'): Promise<void> => {
    socket.write(`${line}\r\n`)
    return expect(code, line.split(' ')[0] ?? line)
  }
  try {
    await expect('2', 'the connection')
    await say('EHLO smtp.simulated.salesforce.com', '2')
    await say(`MAIL FROM:<${to.sender}>`, '2')
    await say(`RCPT TO:<${to.recipient}>`, '2')
    await say('DATA', '3')
    // RFC 5321, 4.5.2: a line that begins with a dot gets another one.
    socket.write(`${message.replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')}\r\n.\r\n`)
    await expect('2', 'the message')
    socket.write('QUIT\r\n')
  } finally {
    socket.end()
    socket.destroySoon()
  }
}
