/**
 * The words of a mail. Nothing is rendered: of HTML, used only where there is no text part, tags are cut out in one pass
 * over the text, whatever it nests.
 */
import type { Email } from 'postal-mime'

/** Deeper or longer mails are nobody's who sends a token. */
const limits = { maxNestingDepth: 16, maxHeadersSize: 49_152, forceRfc822Attachments: true } as const

export interface ReadMail {
  /** Every value of that field, the top-most first, unfolded and not decoded. */
  header(name: string): readonly string[]
  readonly subject: string
  readonly text: string
}

const breaking: ReadonlySet<string> = new Set(
  'br p div tr td th li ul ol table h1 h2 h3 h4 h5 h6 hr blockquote section'.split(' '),
)
const silent: ReadonlySet<string> = new Set('script style head title template noscript textarea svg math'.split(' '))
const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

const decoded = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,5}));/gi, (all, decimal, hex, name) => {
    if (typeof name === 'string') return named[name.toLowerCase()] ?? all
    const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : ' '
  })

const asciiLower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())

/** Linear in its length: each search starts where the last one ended, and one that fails ends it all. */
export const textOfHtml = (html: string): string => {
  // Of the same length, which toLowerCase() is not for every letter.
  const lower = asciiLower(html)
  const behind = (mark: string, from: number): number => {
    const found = from < 0 ? -1 : lower.indexOf(mark, from)
    return found < 0 ? html.length : found + mark.length
  }
  let text = ''
  for (let at = 0; at < html.length;) {
    const tag = html.indexOf('<', at)
    if (tag < 0) return text + decoded(html.slice(at))
    text += decoded(html.slice(at, tag))
    const name = /^<\/?([a-z0-9]{0,12})(?![a-z0-9-])/.exec(lower.slice(tag, tag + 16))?.[1] ?? ''
    if (breaking.has(name)) text += '\n'
    if (lower.startsWith('<!--', tag)) at = behind('-->', tag + 4)
    else if (silent.has(name) && lower[tag + 1] !== '/') at = behind('>', lower.indexOf(`</${name}`, tag + 1))
    else at = behind('>', tag + 1)
  }
  return text
}

/** Throws what the parser throws: the mail is then unreadable. */
export const readMail = async (raw: Uint8Array): Promise<ReadMail> => {
  const { default: PostalMime } = await import('postal-mime')
  const mail: Email = await PostalMime.parse(raw, limits)
  const values = new Map<string, string[]>()
  for (const { key, value } of mail.headers) values.set(key, [...(values.get(key) ?? []), value])
  const plain = mail.text ?? ''
  return {
    header: (name) => values.get(name) ?? [],
    subject: (mail.subject ?? '').replace(/\s+/g, ' ').trim(),
    text: plain.trim() === '' ? textOfHtml(mail.html ?? '') : plain,
  }
}
