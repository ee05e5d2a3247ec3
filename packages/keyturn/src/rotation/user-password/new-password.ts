/**
 * A new password that satisfies every complexity rule Salesforce has (upper and lower case, digits, special characters),
 * without characters that people mistake for each other, and beginning with a letter, so that no program takes it for an
 * option.
 */
import { Secret } from '@keyturn/tokens'

const upper = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
const lower = 'abcdefghijkmnpqrstuvwxyz'
const digits = '23456789'

interface PasswordShape {
  readonly length: number
  readonly special: string
}

export const usualShape: PasswordShape = { length: 32, special: '-_.' }

/** A character of each, all equally likely: bytes that would favour some are thrown away. */
const pick = (random: (size: number) => Uint8Array, from: string, count: number): readonly string[] => {
  const fair = 256 - (256 % from.length)
  const found: string[] = []
  while (found.length < count)
    for (const byte of random(count * 2))
      if (byte < fair && found.length < count) found.push(from.charAt(byte % from.length))
  return found
}

const has = (text: readonly string[], from: string): boolean => text.some((one) => from.includes(one))

/** Thrown away as a whole until it has one of each kind, which leaves all that have equally likely. */
export const newPassword = (random: (size: number) => Uint8Array, { length, special }: PasswordShape): Secret => {
  for (;;) {
    const rest = pick(random, upper + lower + digits + special, length - 1)
    const all = [...pick(random, upper + lower, 1), ...rest]
    if ([upper, lower, digits, special].every((kind) => has(all, kind))) return new Secret(all.join(''))
  }
}
