/**
 * Streams an answer of the org to the caller: headers that may pass, addresses at the broker, the real token replaced.
 * The org is asked for plain bodies; one that comes compressed all the same is unpacked on the way, because nobody can
 * look for a token in compressed bytes.
 */
import type { IncomingMessage } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import type { Duplex } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { FastifyReply } from 'fastify'
import type { Token } from '@keyturn/tokens'
import type { Beginning } from './expiry.ts'
import { responseHeaders } from './headers.ts'
import type { Refusal } from './refusal.ts'
import { isText, tokenMask } from './token-mask.ts'
import type { TokenMask } from './token-mask.ts'
import type { UpstreamAnswer } from './upstream.ts'

export interface Passing {
  /** Where the broker is, for the caller. */
  readonly base: string
  /** What the caller knows the session by. */
  readonly virtual: string
  readonly token: Token
  /** The client has not sent all of its body and nobody will read the rest. */
  readonly unread: boolean
  readonly head: boolean
}

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

async function* bytesOf(
  message: IncomingMessage,
  beginning: Beginning | null,
): AsyncGenerator<Buffer, void, undefined> {
  yield* beginning?.chunks ?? []
  if (beginning?.whole === true) return
  const rest = beginning?.rest ?? (message as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** Returns the refusal that is to be answered instead. Once the head is out, a failure can only cut the answer off. */
export const pass = async (
  { base, virtual, token: { accessToken, instanceUrl }, unread, head }: Passing,
  { message, abandon }: UpstreamAnswer,
  beginning: Beginning | null,
  reply: FastifyReply,
): Promise<Refusal | null> => {
  const coding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined
  if (decoder === undefined && coding !== 'identity' && !head) {
    abandon()
    return { code: 'BAD_GATEWAY', message: `The org answered in the coding ${coding.slice(0, 20)}, unasked.` }
  }
  const headers: Record<string, string | readonly string[]> = {
    ...responseHeaders(message.rawHeaders, { origin: new URL(instanceUrl).origin, base, token: accessToken }),
  }
  if (unread) headers['connection'] = 'close'
  const length = decoder === undefined ? message.headers['content-length'] : undefined
  const text = isText(message.headers['content-type'])
  if (decoder !== undefined && !head) {
    delete headers['content-encoding']
    delete headers['content-length']
  }
  const mask = tokenMask(accessToken, virtual, length !== undefined && !text)
  const status = message.statusCode ?? 502
  reply.hijack()
  const { raw } = reply
  raw.on('close', () => {
    if (!raw.writableFinished) abandon()
  })
  try {
    const plain = bytesOf(message, beginning)
    const source: AsyncIterable<Buffer> =
      decoder === undefined || head ? plain : pipeline(Readable.from(plain), decoder(), () => undefined)
    const chunks = source[Symbol.asyncIterator]()
    const writeHead = (): void => void raw.writeHead(status, headers as Record<string, string | string[]>)
    if (length !== undefined && text && !head && Number(length) > 0) {
      const first = await chunks.next()
      const bytes = first.done === true ? Buffer.alloc(0) : first.value
      const whole = bytes.length === Number(length)
      const masked = whole ? Buffer.concat([mask.push(bytes), mask.end()]) : mask.push(bytes)
      // All of it came at once, as small answers do: then its length is known, too.
      if (whole) headers['content-length'] = String(masked.length)
      else delete headers['content-length']
      writeHead()
      raw.write(masked)
      if (!whole) await stream(chunks, mask, raw)
    } else {
      writeHead()
      await stream(chunks, mask, raw)
    }
    raw.end()
  } catch {
    // Cut off: the client sees that the message is not complete.
    raw.destroy()
  }
  return null
}

const stream = async (chunks: AsyncIterator<Buffer>, mask: TokenMask, raw: FastifyReply['raw']): Promise<void> => {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    if (raw.destroyed) return
    const masked = mask.push(next.value)
    if (masked.length > 0 && !raw.write(masked)) await writable(raw)
  }
  const last = mask.end()
  if (last.length > 0) raw.write(last)
}

const writable = (raw: FastifyReply['raw']): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      raw.off('drain', done)
      raw.off('close', done)
      resolve()
    }
    raw.on('drain', done)
    raw.on('close', done)
    if (raw.destroyed) done()
  })
