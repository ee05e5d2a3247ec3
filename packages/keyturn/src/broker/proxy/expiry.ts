/** Does an upstream answer say that the real token is dead? Each API has its own way; only small bodies are read. */
import type { IncomingMessage } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { sessionVerdict } from '@keyturn/tokens/maintenance'
import type { Api } from './target.ts'

/** An answer with this status is looked into before it is passed on. */
export const worthReading = (api: Api, status: number): boolean => {
  if (status === 401) return true
  if (api === 'soap') return status === 500
  if (api === 'bulk1') return status === 400
  return api === 'cometd' && (status === 200 || status === 403)
}

/** CometD says it within a 200, once per message. A refusal of all of them means that nothing was done. */
const cometdRefused = (body: string): boolean => {
  if (!/"401::/.test(body)) return false
  try {
    const messages: unknown = JSON.parse(body)
    return (
      Array.isArray(messages) &&
      messages.length > 0 &&
      messages.every((message: unknown) => {
        const error = typeof message === 'object' && message !== null && 'error' in message ? message.error : null
        return typeof error === 'string' && error.startsWith('401::')
      })
    )
  } catch {
    return false
  }
}

export const verdictOf = (api: Api, status: number, body: string): 'dead' | 'uncurable' | 'fine' => {
  if (api === 'cometd' && (status === 200 || status === 403)) return cometdRefused(body) ? 'dead' : 'fine'
  return sessionVerdict({ status, body })
}

const LARGEST = 65_536
const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

export interface Beginning {
  readonly chunks: readonly Buffer[]
  /** All there is. */
  readonly whole: boolean
  /** The rest. */
  readonly rest: AsyncIterator<Buffer>
}

/** Reads as much of an answer as a refusal may be long. */
export const readBeginning = async (message: IncomingMessage): Promise<Beginning> => {
  const rest = (message as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  for (let size = 0; size < LARGEST;) {
    const { done, value } = await rest.next()
    if (done === true) return { chunks, whole: true, rest }
    chunks.push(value)
    size += value.length
  }
  return { chunks, whole: false, rest }
}

/** The text of a whole body; empty for what can't be decoded, which is then no refusal. */
export const decodedText = (message: IncomingMessage, { chunks, whole }: Beginning): string => {
  if (!whole) return ''
  const bytes = Buffer.concat(chunks)
  const coding = message.headers['content-encoding']?.toLowerCase() ?? 'identity'
  if (coding === 'identity') return bytes.toString('utf8')
  try {
    return decoders[coding]?.(bytes, { maxOutputLength: LARGEST * 4 }).toString('utf8') ?? ''
  } catch {
    return ''
  }
}
