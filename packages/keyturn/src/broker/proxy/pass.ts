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
import { drained } from './drained.ts'
import type { Beginning } from './expiry.ts'
import { responseHeaders } from './headers.ts'
import { originOf } from './origin.ts'
import type { Refusal } from './refusal.ts'
import { isText, maskWhole, tokenMask } from './token-mask.ts'
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

const SMALL = 16 * 1024

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
  { base, virtual, token, unread, head }: Passing,
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
  const plain = decoder === undefined || head
  const { origin } = originOf(token)
  const rewriting = { origin, base, token: token.accessToken }
  const headers = responseHeaders(message.rawHeaders, rewriting, plain ? '' : 'content-encoding')
  if (unread) headers.push('connection', 'close')
  const length = plain ? message.headers['content-length'] : undefined
  const text = isText(message.headers['content-type'])
  const status = message.statusCode ?? 502
  reply.hijack()
  const { raw } = reply
  const answer = { status, headers, length, text, real: token.accessToken, virtual }
  if (decoder === undefined && !head && beginning === null) {
    await flow(message, answer, raw)
    return null
  }
  try {
    // A text that was looked into may change its length.
    if (length !== undefined && (head || !text)) headers.push('content-length', length)
    raw.writeHead(status, headers)
    const mask = tokenMask(token.accessToken, virtual, length !== undefined && !text)
    const bytes = bytesOf(message, beginning)
    const source: AsyncIterable<Buffer> =
      decoder === undefined || head ? bytes : pipeline(Readable.from(bytes), decoder(), () => undefined)
    await stream(source[Symbol.asyncIterator](), mask, raw)
    raw.end()
  } catch {
    // Cut off: the client sees that the message is not complete.
    raw.destroy()
  }
  return null
}

interface Answer {
  readonly status: number
  readonly headers: string[]
  /** As it was announced. */
  readonly length: string | undefined
  readonly text: boolean
  readonly real: string
  readonly virtual: string
}

/** The way of nearly all answers, without an iterator's promises for each chunk. */
const flow = (message: IncomingMessage, answer: Answer, raw: FastifyReply['raw']): Promise<void> =>
  new Promise((resolve) => {
    const { status, headers, length, text, real, virtual } = answer
    let mask: TokenMask | null = null
    const begin = (): TokenMask => {
      if (length !== undefined && (!text || length === '0')) headers.push('content-length', length)
      raw.writeHead(status, headers)
      return (mask = tokenMask(real, virtual, length !== undefined && !text))
    }
    const cut = (): void => {
      // The client sees that the message is not complete.
      if (!raw.writableEnded) raw.destroy()
      resolve()
    }
    message.on('data', (chunk: Buffer) => {
      if (raw.writableEnded || raw.destroyed) return
      if (mask === null && text && Number(length) === chunk.length) {
        // All of it came at once, as small answers do: then its length is known, too.
        const masked = maskWhole(chunk, real, virtual)
        headers.push('content-length', String(masked.length))
        raw.writeHead(status, headers)
        // Bytes one to one: as a text it goes out with its head in one write.
        if (masked.length <= SMALL) raw.end(masked.toString('latin1'), 'latin1')
        else raw.end(masked)
        return
      }
      const masked = (mask ?? begin()).push(chunk)
      if (masked.length === 0 || raw.write(masked)) return
      message.pause()
      raw.once('drain', () => message.resume())
    })
    message.on('end', () => {
      if (!raw.writableEnded && !raw.destroyed) raw.end((mask ?? begin()).end())
      resolve()
    })
    message.on('error', cut)
    message.on('close', cut)
    if (message.destroyed) cut()
  })

const stream = async (chunks: AsyncIterator<Buffer>, mask: TokenMask, raw: FastifyReply['raw']): Promise<void> => {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    if (raw.destroyed) return
    const masked = mask.push(next.value)
    if (masked.length > 0 && !raw.write(masked)) await drained(raw)
  }
  const last = mask.end()
  if (last.length > 0) raw.write(last)
}
