/**
 * The mail server between Salesforce and the mailbox: takes mail by SMTP, checks its DKIM signature (RFC 6376, relaxed)
 * with the key it knows for the domain, writes down what it found (RFC 8601), and puts it into a maildir.
 */
import { createHash, createVerify } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { server as authservId } from './letters.ts'

export interface Post {
  readonly port: number
  readonly taken: readonly string[]
}

const relaxedBody = (body: string): string =>
  `${body
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)*$/, '')}\r\n`

const relaxed = (name: string, value: string): string => `${name.toLowerCase()}:${value.replace(/\s+/g, ' ').trim()}`

/** `dkim=… header.d=…`, as the header says it. */
const checked = (raw: string, keys: Readonly<Record<string, string>>): string => {
  const end = raw.indexOf('\r\n\r\n')
  const fields = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const)
  const signature = fields.find(([name]) => name === 'DKIM-Signature')?.[1]
  if (signature === undefined) return 'dkim=none'
  const tags = new Map(
    [...signature.matchAll(/\s*([a-z]+)=([^;]*)/g)].map(([, tag = '', value = '']) => [tag, value.trim()]),
  )
  const domain = tags.get('d') ?? ''
  const signed = [...(tags.get('h') ?? '').split(':')].map((name) => {
    const [, value = ''] = fields.find(([other]) => other.toLowerCase() === name) ?? []
    return relaxed(name, value)
  })
  const own = relaxed('dkim-signature', signature.replace(/b=[^;]*$/, 'b='))
  const hash = createHash('sha256')
    .update(relaxedBody(raw.slice(end + 4)))
    .digest('base64')
  const good =
    keys[domain] !== undefined &&
    hash === tags.get('bh') &&
    createVerify('RSA-SHA256')
      .update([...signed, own].join('\r\n'))
      .verify(keys[domain], tags.get('b') ?? '', 'base64')
  return `dkim=${good ? 'pass' : 'fail'} header.d=${domain}`
}

export const startPost = async (
  t: TestContext,
  deliver: (raw: string) => void,
  keys: Readonly<Record<string, string>> = {},
): Promise<Post> => {
  const taken: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('latin1')
        taken.push(raw)
        deliver(`Authentication-Results: ${authservId}; ${checked(raw, keys)}\r\n${raw}`)
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.server.address() as AddressInfo).port, taken }
}
