/**
 * Canonical JSON: the subset of RFC 8785 (JCS) that the ledger needs, so that a hash means the same bytes everywhere.
 * Objects with string, safe-integer, boolean, null and object values; members sorted by UTF-16 code units; no floats
 * and no arrays, whose absence keeps other implementations simple.
 */
import { KeyturnError } from '../errors.ts'
export type Canonical = string | number | boolean | null | { readonly [key: string]: Canonical }

export const canonical = (value: Canonical): string => {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      throw new KeyturnError('DEFECT', `canonical JSON here holds only safe integers, not ${value}`)
    return String(value === 0 ? 0 : value)
  }
  if (typeof value === 'string') {
    // RFC 8785 §3.2.2.2: a lone surrogate has no UTF-8 and ends the canonicalisation.
    if (!value.isWellFormed()) throw new KeyturnError('DEFECT', 'canonical JSON holds no lone surrogates')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) throw new KeyturnError('DEFECT', 'canonical JSON here holds no arrays')
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${canonical(key)}:${canonical(member)}`)
  return `{${members.join(',')}}`
}
