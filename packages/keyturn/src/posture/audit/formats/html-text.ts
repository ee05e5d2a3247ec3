/** Text for HTML: visible, bounded and escaped; nothing of an org reaches the page by another way. */
import { shownText } from '../shown-text.ts'

export const html = (text: string, limit?: number): string =>
  shownText(text, limit).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)

/** Our own words, commands between backticks among them. */
export const advice = (text: string): string => html(text, 1000).replace(/&#96;(.*?)&#96;/g, '<code>$1</code>')

export const badge = (name: string, text = name): string => `<span class="badge ${name}">${text}</span>`
