/**
 * A SOAP request on its way: the envelope's head is read (and only that), the session id in it is replaced, the rest is
 * streamed. Compressed requests (force-wsc, Data Loader) are unpacked on the way.
 */
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { KeptBody } from './kept-body.ts'
import { asciiBased, readSoapHead } from './soap-head.ts'
import type { SoapHead, SoapReading } from './soap-head.ts'
import { escapeXml } from './xml-events.ts'

export class Unreadable extends Error {}

/** Throws Unreadable. */
export const plainSource = (message: IncomingMessage): { readonly source: Readable; readonly unpacked: boolean } => {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(message.headers['content-type'] ?? '')?.[1]
  if (charset !== undefined && !asciiBased.test(charset)) throw new Unreadable('an encoding other than UTF-8')
  const coding = message.headers['content-encoding']?.toLowerCase() ?? 'identity'
  if (coding === 'identity') return { source: message, unpacked: false }
  if (coding !== 'gzip' && coding !== 'x-gzip') throw new Unreadable('a compression other than gzip')
  // What is wrong with the bytes is thrown to whoever reads them.
  return { source: pipeline(message, createGunzip(), () => undefined), unpacked: true }
}

/** Throws Unreadable where the head is no envelope's, or longer than `longest` bytes. */
export const soapHeadOf = async (body: KeptBody, longest: number): Promise<SoapHead> => {
  let text = ''
  let next = 1
  for await (const chunk of body.read()) {
    text += chunk.toString('latin1')
    // Read anew only when it has grown by half: a head that comes byte by byte must not cost a second of our time.
    if (text.length < next && text.length <= longest) continue
    next = text.length * 1.5
    const head = judged(readSoapHead(text))
    if (head !== null) return head
    if (text.length > longest) throw new Unreadable('a header that is too long')
  }
  const head = judged(readSoapHead(text))
  if (head !== null) return head
  throw new Unreadable('no complete envelope')
}

const judged = (reading: SoapReading): SoapHead | null => {
  if (reading.kind === 'refused') throw new Unreadable(reading.why)
  return reading.kind === 'read' ? reading : null
}

/** The whole of a small request (login) as latin1. */
export const smallText = async (body: KeptBody, longest: number): Promise<string> => {
  let text = ''
  for await (const chunk of body.read()) {
    text += chunk.toString('latin1')
    if (text.length > longest) throw new Unreadable('a request that is too long')
  }
  return text
}

interface Replacement {
  readonly at: number
  readonly end: number
  readonly bytes: Buffer
}

export const sessionReplacement = (head: SoapHead, token: string): Replacement | null =>
  head.session && { at: head.session.at, end: head.session.end, bytes: Buffer.from(escapeXml(token)) }

/** The body with the bytes from `at` to `end` replaced. */
export async function* spliced(
  body: AsyncIterable<Buffer>,
  { at, end, bytes }: Replacement,
): AsyncGenerator<Buffer, void, undefined> {
  let place = 0
  let written = false
  for await (const chunk of body) {
    const next = place + chunk.length
    if (at >= place && at < next) {
      yield chunk.subarray(0, at - place)
      yield bytes
      written = true
    } else if (next <= at) yield chunk
    if (written && next > end) yield chunk.subarray(Math.max(0, end - place))
    place = next
  }
}
