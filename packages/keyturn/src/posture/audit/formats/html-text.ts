/** Text for HTML: visible, bounded and escaped; nothing of an org reaches the page by another way. */
import { shownText } from '../shown-text.ts'

export const html = (text: string, limit?: number): string =>
  shownText(text, limit).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
