/**
 * Text from outside (Salesforce, a file, an argument) made fit for a terminal: control characters, escape sequences
 * and direction overrides are shown instead of obeyed, so that no answer can repaint the screen or fake a line.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what this file is about
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const shown = (character: string): string => {
  if (character === '\n') return '⏎'
  if (character === '\t') return ' '
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}

/** One line, nothing in it that a terminal obeys. */
export const terminalText = (text: string): string => text.replace(unprintable, shown)

/** As `terminalText`, line by line. */
export const terminalLines = (text: string): string => text.split(/\r?\n/).map(terminalText).join('\n')

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** How many cells the text takes on a terminal, near enough for aligning. */
export const textWidth = (text: string): number => {
  let width = 0
  for (const character of text) width += /\p{Mn}|\u200d/u.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** Cut to so many cells; the last one says that something is missing. */
export const cutText = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (textWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}

/** Words of a sentence; what stands between backticks is one, so that a command can be copied. */
const words = (line: string): readonly string[] => line.match(/(?:`[^`]*`|\S)+/g) ?? []

/**
 * Broken at blanks, never within a word: an address longer than the line stays whole. `indent` stands before every line
 * but the first. Without a width (no terminal) the text stays as it is.
 */
export const wrapText = (text: string, width: number | undefined, indent = ''): string => {
  if (width === undefined) return text
  return text
    .split('\n')
    .map((line) => {
      if (textWidth(line) <= width) return line
      const [lead = ''] = /^ */.exec(line) ?? []
      const lines: string[] = []
      let open = lead
      for (const word of words(line)) {
        const longer = open.trim() === '' ? open + word : `${open} ${word}`
        if (textWidth(longer) > width && open.trim() !== '') {
          lines.push(open)
          open = lead + indent + word
        } else open = longer
      }
      return [...lines, open].join('\n')
    })
    .join('\n')
}

/** How wide what is written to this stream may be; undefined where nobody looks at columns. */
export const widthOf = (stream: { readonly isTTY?: boolean; readonly columns?: number }): number | undefined =>
  stream.isTTY === true && (stream.columns ?? 0) >= 20 ? stream.columns : undefined
