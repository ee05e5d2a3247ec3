/** Colours on a terminal only, and never with NO_COLOR (no-color.org). */
import { styleText } from 'node:util'

export type Colour = 'red' | 'green' | 'yellow' | 'bold' | 'dim'

export type Paint = (colour: Colour, text: string) => string

export const paintFor = (
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint => {
  const on = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  return (colour, text) => (on ? styleText(colour, text, { validateStream: false }) : text)
}
