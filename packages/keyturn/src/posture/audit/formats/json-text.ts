/** JSON that is harmless on a terminal too: what `JSON.stringify` leaves bare (C1 controls, direction overrides) is escaped. */

// oxlint-disable-next-line no-control-regex -- control characters are what this file is about
const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2).replace(unprintable, escaped)}\n`
