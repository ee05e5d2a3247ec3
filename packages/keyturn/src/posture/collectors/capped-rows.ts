/**
 * All rows of an object of which the platform hands out 2,500 a query and then stops without a word (OauthToken,
 * TwoFactorMethodsInfo). So they are counted first, cut into parts by ranges of users (and one user's by a second field)
 * of which each is small enough, read part by part, and counted again where the sum doesn't come out. Ids are of no use
 * here: they may be null.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Row } from '../../org/connection.ts'
import { soqlText } from '../../org/org-user.ts'
import type { Asker } from './asker.ts'
import { maybeText, number, text } from './cells.ts'

const mostRows = 2500
const mostGroups = 2000

interface Capped {
  readonly object: string
  readonly fields: readonly string[]
  /** Cuts the rows of one user, where they are too many for one query. */
  readonly splitBy?: string
  /** Ids of users, for an org that groups nothing: their ranges are counted instead. */
  readonly users?: () => Promise<readonly string[] | null>
  /** Takes each page; pages of different parts come in any order. */
  readonly take: (rows: readonly Row[]) => void
}

interface CappedResult {
  readonly counted: number
  readonly read: number
  readonly complete: boolean
  readonly why: string
}

interface Part {
  readonly where: string
  readonly rows: number
}

const between = (from: string, to: string): string => `UserId >= ${soqlText(from)} AND UserId <= ${soqlText(to)}`

/** Rows of each user, in the order of the org, as many groups at a time as an aggregate can have. */
const perUser = async (ask: Asker, object: string): Promise<readonly (readonly [user: string, rows: number])[]> => {
  const found: [string, number][] = []
  for (let after = ''; ;) {
    const where = after === '' ? '' : `WHERE UserId > ${soqlText(after)} `
    // Not COUNT(Id): where Ids are null, that counts nothing.
    const soql = `SELECT UserId, COUNT(UserId) held FROM ${object} ${where}GROUP BY UserId ORDER BY UserId LIMIT ${mostGroups}`
    const groups = await ask.rows(soql)
    found.push(...groups.map((one): [string, number] => [text(one, 'UserId'), number(one, 'held')]))
    const last = found.at(-1)?.[0]
    if (groups.length < mostGroups || last === undefined || last === after) return found
    after = last
  }
}

/** By halves, until each half fits. */
const byHalves = async (ask: Asker, object: string, users: readonly string[]): Promise<readonly Part[]> => {
  const [first, last] = [users[0], users.at(-1)]
  if (first === undefined || last === undefined) return []
  const where = between(first, last)
  const rows = await ask.count(`${object} WHERE ${where}`)
  if (rows === 0) return []
  if (rows <= mostRows || users.length === 1) return [{ where, rows }]
  const middle = Math.floor(users.length / 2)
  const halves = await Promise.all([
    byHalves(ask, object, users.slice(0, middle)),
    byHalves(ask, object, users.slice(middle)),
  ])
  return halves.flat()
}

/** Neighbours together, while they fit into one query. */
const packed = <T>(
  groups: readonly (readonly [key: T, rows: number])[],
): readonly { readonly keys: readonly T[]; readonly rows: number }[] => {
  const packs: { keys: T[]; rows: number }[] = []
  for (const [key, rows] of groups) {
    const last = packs.at(-1)
    if (last !== undefined && last.rows + rows <= mostRows) {
      last.keys.push(key)
      last.rows += rows
    } else packs.push({ keys: [key], rows })
  }
  return packs
}

/** What one user has too much of for one query, by values of a second field. */
const splitUser = async (
  ask: Asker,
  { object, splitBy }: Capped,
  where: string,
  rows: number,
): Promise<readonly Part[]> => {
  if (splitBy === undefined || rows <= mostRows) return [{ where, rows }]
  const groups = await ask.rows(
    `SELECT ${splitBy}, COUNT(UserId) held FROM ${object} WHERE ${where} GROUP BY ${splitBy} LIMIT ${mostGroups}`,
  )
  const parts = packed(groups.map((one) => [maybeText(one, splitBy), number(one, 'held')] as const))
  return parts.map(({ keys, rows: some }) => {
    const named = keys.filter((key): key is string => key !== null)
    const conditions = [
      ...(named.length === 0 ? [] : [`${splitBy} IN (${named.map(soqlText).join(', ')})`]),
      ...(named.length === keys.length ? [] : [`${splitBy} = null`]),
    ]
    return { where: `${where} AND (${conditions.join(' OR ')})`, rows: some }
  })
}

const partsOf = async (ask: Asker, of: Capped, counted: number): Promise<readonly Part[]> => {
  if (counted <= mostRows) return [{ where: '', rows: counted }]
  try {
    const parts = packed(await perUser(ask, of.object)).map(({ keys, rows }): Part => ({
      where: between(keys[0] ?? '', keys.at(-1) ?? ''),
      rows,
    }))
    return (await Promise.all(parts.map(({ where, rows }) => splitUser(ask, of, where, rows)))).flat()
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED' || of.users === undefined) throw error
    const users = await of.users()
    if (users === null) throw error
    const parts = await byHalves(ask, of.object, users.toSorted())
    return (await Promise.all(parts.map(({ where, rows }) => splitUser(ask, of, where, rows)))).flat()
  }
}

export const readCapped = async (ask: Asker, of: Capped): Promise<CappedResult> => {
  const { object, fields, take } = of
  const counted = await ask.count(object)
  const parts = counted === 0 ? [] : await partsOf(ask, of, counted)
  const beyond = parts.filter(({ rows }) => rows > mostRows)
  const read = await Promise.all(
    parts.map(async ({ where }) => {
      const rows = await ask.rows(
        `SELECT ${fields.join(', ')} FROM ${object}${where === '' ? '' : ` WHERE ${where}`}`,
        {
          capped: true,
        },
      )
      take(rows)
      return rows.length
    }),
  )
  const sum = read.reduce((all, one) => all + one, 0)
  if (beyond.length > 0) {
    const why = `${beyond.length} parts hold more than the ${mostRows} rows that one query can reach: ${sum} of ${counted} were read`
    return { counted, read: sum, complete: false, why }
  }
  if (sum === counted) return { counted, read: sum, complete: true, why: `${sum} rows read, as many as were counted` }
  const now = await ask.count(object)
  return now === sum
    ? { counted: now, read: sum, complete: true, why: `${counted} rows at first, ${sum} read, and as many at the end` }
    : { counted: now, read: sum, complete: false, why: `${sum} rows were read, ${now} are counted` }
}
