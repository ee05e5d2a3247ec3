/**
 * A small XML reader for the head of a SOAP envelope: start tags, end tags and text with their places, as far as the
 * bytes go. Written by hand because the envelope's body may be hundreds of megabytes and is not to be read at all, and
 * because nothing that a SOAP message may not contain (RFC 3902, SOAP 1.1 §3: no DTD, no entities of one's own) should
 * be understood. Works on bytes shown as latin1, so that places are byte offsets: all markup is ASCII.
 */
type XmlEvent =
  | {
      readonly type: 'start'
      readonly name: string
      readonly at: number
      readonly end: number
      readonly empty: boolean
    }
  | { readonly type: 'end'; readonly name: string; readonly at: number; readonly end: number }
  | { readonly type: 'text'; readonly text: string; readonly at: number; readonly end: number; readonly cdata: boolean }
  /** The bytes end inside of something. */
  | { readonly type: 'more' }
  | { readonly type: 'refused'; readonly why: string }

const name = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/

/** Without its prefix: what a namespace prefix is called is up to the client. */
const localName = (qualified: string): string => qualified.slice(qualified.indexOf(':') + 1)

/** The end of a tag: the first `>` outside of quotes, or -1. */
const tagEnd = (text: string, from: number): number => {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at
  }
  return -1
}

const skipped: readonly (readonly [string, string])[] = [
  ['<!--', '-->'],
  ['<?', '?>'],
]

export function* xmlEvents(text: string): Generator<XmlEvent, void, undefined> {
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  scan: while (at < text.length) {
    if (text[at] !== '<') {
      const next = text.indexOf('<', at)
      if (next < 0) break
      yield { type: 'text', text: text.slice(at, next), at, end: next, cdata: false }
      at = next
    }
    for (const [opening, closing] of skipped) {
      if (!text.startsWith(opening, at)) continue
      const end = text.indexOf(closing, at + opening.length)
      if (end < 0) break scan
      at = end + closing.length
      continue scan
    }
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at + 9)
      if (end < 0) break
      yield { type: 'text', text: text.slice(at + 9, end), at, end: end + 3, cdata: true }
      at = end + 3
      continue
    }
    if ('<![CDATA['.startsWith(text.slice(at)) || '<!--'.startsWith(text.slice(at))) break
    if (text.startsWith('<!', at)) return yield { type: 'refused', why: 'a document type declaration' }
    const close = tagEnd(text, at + 1)
    if (close < 0) break
    const inner = text.slice(at + 1, close)
    const end = close + 1
    const ending = inner.startsWith('/')
    const qualified = /^[^\s/]*/.exec(ending ? inner.slice(1) : inner)?.[0] ?? ''
    if (!name.test(qualified)) return yield { type: 'refused', why: 'a tag that is no XML' }
    if (ending) yield { type: 'end', name: localName(qualified), at, end }
    else yield { type: 'start', name: localName(qualified), at, end, empty: inner.endsWith('/') }
    at = end
  }
  yield { type: 'more' }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The text of an event: UTF-8 decoded, the five entities and character references resolved; null: another entity. */
export const textOf = (event: XmlEvent & { readonly type: 'text' }): string | null => {
  const text = Buffer.from(event.text, 'latin1').toString('utf8')
  if (event.cdata) return text
  let known = true
  const resolved = text.replaceAll(/&([^;&<]*);?/g, (_, entity: string) => {
    const code = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(entity)
    if (code !== null) {
      const point = code[1] === undefined ? Number(code[2]) : Number.parseInt(code[1], 16)
      if (point > 0 && point <= 0x10ffff) return String.fromCodePoint(point)
    }
    const found = Object.hasOwn(entities, entity) ? entities[entity] : undefined
    known &&= found !== undefined
    return found ?? ''
  })
  return known ? resolved : null
}

export const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
