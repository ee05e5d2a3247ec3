/**
 * How far credentials that are due at the same moment are spread: the same at every replica and after every restart,
 * since it comes from the name and the due date alone.
 */
import { createHash } from 'node:crypto'

/** From 0 up to, but without, `most`. */
export const jitterOf = (name: string, due: number, most: number): number => {
  if (most <= 0) return 0
  const hash = createHash('sha256').update(`${name}\n${due}`).digest()
  return Math.floor((hash.readUIntBE(0, 6) / 2 ** 48) * most)
}
