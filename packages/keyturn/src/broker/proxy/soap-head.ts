/**
 * The part of a SOAP envelope that the broker reads: the session id in the header, and which operation is called. What
 * comes after the first tag of the body is never looked at.
 */
import { textOf, xmlEvents } from './xml-events.ts'

export interface SoapHead {
  /** Local name of the first element in the body. */
  readonly operation: string
  /** Null: the envelope has no SessionHeader. `at` and `end`: where its text stands, in bytes. */
  readonly session: { readonly token: string; readonly at: number; readonly end: number } | null
}

export type SoapReading =
  | { readonly kind: 'more' }
  | { readonly kind: 'refused'; readonly why: string }
  | ({ readonly kind: 'read' } & SoapHead)

const DEEPEST = 32

/** Encodings in which markup is ASCII, byte for byte. */
export const asciiBased = /^(?:utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|windows-125\d|latin1)$/i

const refused = (why: string): SoapReading => ({ kind: 'refused', why })

/** `text`: the first bytes as latin1. */
export const readSoapHead = (text: string): SoapReading => {
  // UTF-16 and UTF-32 (a zero byte, a byte order mark) would be read differently by whoever decodes them.
  if (['\0', '\u00fe', '\u00ff'].some((byte) => text.slice(0, 4).includes(byte)))
    return refused('an encoding other than UTF-8')
  const declared = /^[\s\S]{0,3}<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(text.slice(0, 200))?.[1]
  if (declared !== undefined && !asciiBased.test(declared)) return refused('an encoding other than UTF-8')
  const path: string[] = []
  let session: SoapHead['session'] = null
  let open: { at: number; token: string } | null = null
  for (const event of xmlEvents(text)) {
    if (event.type === 'more') return { kind: 'more' }
    if (event.type === 'refused') return refused(event.why)
    if (event.type === 'text') {
      if (open !== null) {
        const token = textOf(event)
        if (token === null) return refused('an entity of its own')
        open.token += token
      } else if (path.length < 2 && event.text.trim() !== '') return refused('text outside of header and body')
      continue
    }
    if (event.type === 'end') {
      if (path.pop() !== event.name) return refused('tags that do not match')
      if (open !== null) {
        session = { token: open.token.trim(), at: open.at, end: event.at }
        open = null
      }
      if (path.length === 0) return refused('no operation')
      continue
    }
    if (open !== null) return refused('an element within the session id')
    const place = [...path, event.name].join('/')
    if (path.length === 0 && event.name !== 'Envelope') return refused('no envelope')
    if (path.length === 2 && path[1] === 'Body') return { kind: 'read', operation: event.name, session }
    if (path.length >= DEEPEST) return refused('a header that is nested too deeply')
    if (place === 'Envelope/Header/SessionHeader/sessionId') {
      // Whoever reads the other one would be somebody else.
      if (session !== null) return refused('two session ids')
      if (!event.empty) open = { at: event.end, token: '' }
    }
    if (!event.empty) path.push(event.name)
  }
  return { kind: 'more' }
}

/** The plain text children of the operation, e.g. `username` and `password` of a login; null when it can't be read. */
export const readSoapFields = (text: string): Readonly<Record<string, string>> | null => {
  const path: string[] = []
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  for (const event of xmlEvents(text)) {
    if (event.type === 'more' || event.type === 'refused')
      return path.length === 0 && event.type === 'more' ? fields : null
    if (event.type === 'end') {
      if (path.pop() !== event.name) return null
      continue
    }
    if (event.type === 'text') {
      const [, body, , field] = path
      if (path.length !== 4 || body !== 'Body' || field === undefined) continue
      const value = textOf(event)
      if (value === null) return null
      fields[field] = (fields[field] ?? '') + value
      continue
    }
    if (path.length >= DEEPEST) return null
    if (path.length === 3 && path[1] === 'Body' && event.name in fields) return null
    if (path.length === 3 && path[1] === 'Body') fields[event.name] = ''
    if (!event.empty) path.push(event.name)
  }
  return null
}
