/**
 * Texts of an org in Markdown: in code, or with whatever Markdown, HTML or a code host would act on (mentions, issue
 * numbers, addresses) taken apart; and tables of them.
 */
import { shownText } from '../shown-text.ts'

/** A zero-width space behind `@` and `#` keeps code hosts from calling people and linking issues. */
export const words = (text: string): string =>
  shownText(text)
    .replace(/[\\`*_{}[\]()~|!]/g, (character) => `\\${character}`)
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (text_) => `${text_.slice(0, -1)}&#46;`)
    .replace(/@(?=\w)/g, '@\u200b')
    .replace(/(?<!&)#(?=\w)/g, '#\u200b')
    .replace(/^(\s*)([-+=]|\d+\.)/, '$1&#8203;$2')

/** Our own words, commands between backticks among them. */
export const advice = (text: string): string =>
  shownText(text, 1000)
    .split('`')
    .map((part, n) => (n % 2 === 0 ? words(part) : code(part)))
    .join('')

/**
 * Not a span of backticks: tables take pipes and backslashes within it for their own. Every sign is a reference, which
 * stands for itself and never for markup; code hosts look for nothing inside of code.
 */
export const code = (text: string): string =>
  `<code>${shownText(text, 200).replace(/[^\p{L}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`)}</code>`

export const rows = (titles: readonly string[], lines: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
