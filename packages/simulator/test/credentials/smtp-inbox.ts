/** A mailbox that speaks SMTP: takes everything, or refuses, and keeps what it heard. */
import { after } from 'node:test'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface Delivered {
  readonly sender: string
  readonly recipient: string
  /** As sent, dots unstuffed. */
  readonly message: string
}

export interface Inbox {
  readonly port: number
  readonly delivered: readonly Delivered[]
  /** Answers RCPT with this from now on; null: takes it. */
  refuse(answer: string | null): void
}

export async function smtpInbox(): Promise<Inbox> {
  const delivered: Delivered[] = []
  let refusal: string | null = null
  const server = createServer((socket) => {
    let text = ''
    let sender = ''
    let recipient = ''
    let inData = false
    socket.setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.write('220 mail.example ESMTP\r\n')
    socket.on('data', (part: string) => {
      text += part
      for (;;) {
        const end = inData ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n')
        if (end < 0) return
        const piece = text.slice(0, end)
        text = text.slice(end + (inData ? 5 : 2))
        if (inData) {
          delivered.push({ sender, recipient, message: piece.replace(/^\.\./gm, '.') })
          inData = false
          socket.write('250 2.0.0 taken\r\n')
        } else if (piece.startsWith('EHLO')) socket.write('250-mail.example\r\n250 8BITMIME\r\n')
        else if (piece.startsWith('MAIL')) {
          sender = /<(.*)>/.exec(piece)?.[1] ?? ''
          socket.write('250 ok\r\n')
        } else if (piece.startsWith('RCPT')) {
          recipient = /<(.*)>/.exec(piece)?.[1] ?? ''
          socket.write(`${refusal ?? '250 ok'}\r\n`)
        } else if (piece === 'DATA') {
          inData = true
          socket.write('354 go on\r\n')
        } else if (piece === 'QUIT') socket.end('221 bye\r\n')
        else socket.write('500 what?\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  return {
    port: (server.address() as AddressInfo).port,
    delivered,
    refuse: (answer) => {
      refusal = answer
    },
  }
}

/** A part of a quoted-printable multipart message, decoded. */
export function partOf(message: string, type: 'text/plain' | 'text/html'): string {
  const boundary = /boundary="([^"]+)"/.exec(message)?.[1] ?? ''
  const part = message.split(`--${boundary}`).find((one) => one.includes(`Content-Type: ${type}`)) ?? ''
  return part
    .slice(part.indexOf('\r\n\r\n') + 4)
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
