/**
 * Structured header fields (RFC 5322 §3.2): comments may stand nearly everywhere, nested, and quoted text may look like
 * anything. Read in one pass; what is not closed is not guessed at.
 */

const longest = 16_384

/** The parts between separators, comments taken out and quoted strings kept as they are; null: broken or endless. */
export const partsOf = (value: string, separator: ';' | null): readonly string[] | null => {
  if (value.length > longest) return null
  const parts: string[] = []
  let part = ''
  let depth = 0
  let quoted = false
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at)
    if (char === '\\' && (quoted || depth > 0)) {
      if (quoted) part += char + value.charAt(at + 1)
      at += 1
    } else if (quoted) {
      part += char
      quoted = char !== '"'
    } else if (char === '(') depth += 1
    else if (depth > 0) {
      if (char === ')') depth -= 1
      // A comment separates words as a blank does.
      if (depth === 0) part += ' '
    } else if (char === separator) {
      parts.push(part)
      part = ''
    } else {
      part += char
      quoted = char === '"'
    }
  }
  return depth > 0 || quoted ? null : [...parts, part]
}

/**
 * The one address of a From field, in lower case; null: none, several, a group, or written so that programs disagree on
 * it. Display names are passed over, whatever they look like.
 */
export const soleAddress = (value: string): string | null => {
  const [text, ...more] = partsOf(value, null) ?? []
  if (text === undefined || more.length > 0) return null
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, ' ').trim()
  const inner = /^[^<>,;:]*<([^<>]*)>$/.exec(bare)?.[1] ?? bare
  const address = inner.trim()
  return /^[!-~]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i.test(address) && !/[<>()[\]\\,;:"]/.test(address)
    ? address.toLowerCase()
    : null
}

/** For a report: printable, short, and nothing a terminal would obey. */
export const shownField = (value: string): string => {
  const clean = value
    .replace(/[^\P{C}]|[\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > 120 ? `${clean.slice(0, 119)}…` : clean
}
