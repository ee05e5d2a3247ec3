/** JSON that is harmless on a terminal too: what `JSON.stringify` leaves bare (C1 controls, direction overrides) is escaped. */
import { jsonParts } from '../../json-parts.ts'

// oxlint-disable-next-line no-control-regex -- control characters are what this file is about
const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

export function* jsonTextParts(value: unknown): Generator<string> {
  for (const part of jsonParts(value, 2)) yield part.replace(unprintable, escaped)
  yield '\n'
}

export const jsonText = (value: unknown): string => [...jsonTextParts(value)].join('')
