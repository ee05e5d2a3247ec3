/**
 * Cells of rows, as they have to be. An org that answers otherwise (a field is missing, a text where a number should be,
 * a page for people) makes what it was asked for unknown: nothing is guessed, and nothing falls over.
 */
import type { Json } from '@keyturn/tokens'
import { row } from '../../org/connection.ts'
import type { Row } from '../../org/connection.ts'

/** The org answered something that its own documentation does not allow. */
export class OddAnswer extends Error {
  constructor(what: string) {
    super(`the org answered oddly: ${what}`)
    this.name = 'OddAnswer'
  }
}

/** A field of the row, or of one of its parents (`User.Username`); null where the row or a parent has none. */
const cell = (from: Row, path: string): Json => {
  const [first = '', ...rest] = path.split('.')
  const value = from[first]
  if (value === undefined) throw new OddAnswer(`${path} is missing`)
  if (rest.length === 0 || value === null) return value
  if (typeof value !== 'object' || Array.isArray(value)) throw new OddAnswer(`${first} is no record`)
  return cell(row(value), rest.join('.'))
}

export const maybeText = (from: Row, path: string): string | null => {
  const value = cell(from, path)
  if (value === null || typeof value === 'string') return value
  throw new OddAnswer(`${path} is no text`)
}

export const text = (from: Row, path: string): string => {
  const value = maybeText(from, path)
  if (value === null) throw new OddAnswer(`${path} is empty`)
  return value
}

export const flag = (from: Row, path: string): boolean => {
  const value = cell(from, path)
  if (typeof value === 'boolean') return value
  throw new OddAnswer(`${path} is neither true nor false`)
}

export const maybeNumber = (from: Row, path: string): number | null => {
  const value = cell(from, path)
  if (value === null || typeof value === 'number') return value
  throw new OddAnswer(`${path} is no number`)
}

export const number = (from: Row, path: string): number => {
  const value = maybeNumber(from, path)
  if (value === null) throw new OddAnswer(`${path} is empty`)
  return value
}

/** Epoch ms. */
export const maybeMoment = (from: Row, path: string): number | null => {
  const value = maybeText(from, path)
  if (value === null) return null
  const at = Date.parse(value)
  if (Number.isNaN(at)) throw new OddAnswer(`${path} is no time`)
  return at
}

export const moment = (from: Row, path: string): number => {
  const at = maybeMoment(from, path)
  if (at === null) throw new OddAnswer(`${path} is empty`)
  return at
}

/** Of an answer that isn't rows. */
export const list = (value: Json | undefined, what: string): readonly Row[] => {
  if (!Array.isArray(value)) throw new OddAnswer(`${what} is no list`)
  return (value as readonly Json[]).map((one) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) throw new OddAnswer(`${what} holds no records`)
    return one as Row
  })
}

/** The first 15 characters name a record; the other three only guard against a change of case. */
export const sameId = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a.slice(0, 15) === b.slice(0, 15)
