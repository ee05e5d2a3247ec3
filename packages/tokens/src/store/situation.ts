/**
 * A grant and what else is true around it, read in one statement, so that it is one snapshot also outside of a
 * transaction: its siblings (same org, user and app: what a replay could take down) and whether its app is paced.
 *
 * A sibling that somebody altered in the database is not believed, and holds nobody up: see `withUnreadable`.
 */
import { KeyturnError } from '../errors.ts'
import type { Context } from '../protocol/event.ts'
import { siblingsOf, withUnreadable } from '../protocol/siblings.ts'
import { grantColumns, readGrant, readGrants } from './grant-row.ts'
import type { GrantRow } from './grant-row.ts'
import { integer, integerOrNull, text } from './sql.ts'
import type { Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'

const statement = `
  SELECT ${grantColumns('g')},
    CASE WHEN EXISTS (
      SELECT 1 FROM keyturn_paced p JOIN keyturn_grants o ON o.client_id = p.client_id
      WHERE p.client_id = g.client_id AND o.id <> g.id AND o.spending = 1
    ) THEN 1 ELSE 0 END AS paced
  FROM keyturn_grants g WHERE g.id = ?
  UNION ALL
  SELECT ${grantColumns('s')}, 0 AS paced
  FROM keyturn_grants me JOIN keyturn_grants s
    ON s.client_id = me.client_id AND s.org_id = me.org_id AND s.user_id = me.user_id
  WHERE me.id = ? AND s.id <> me.id`

interface Situation {
  readonly row: GrantRow
  readonly contextAt: (now: number) => Context
}

export const readSituation = async (sql: Sql, keys: StoreKeys, grantId: string): Promise<Situation> => {
  const rows = await sql.all(statement, [grantId, grantId])
  const mine = rows.find((row) => text(row, 'id') === grantId)
  if (mine === undefined) throw new KeyturnError('GRANT_NOT_FOUND', `there is no grant ${grantId}`)
  const row = readGrant(keys, mine)
  const paced = integer(mine, 'paced') === 1
  // Removed ones too: what they sent before may still be on its way.
  const altered: string[] = []
  const others = rows.filter((other) => other !== mine)
  const siblings = readGrants(keys, others, ({ data }) => void altered.push(String(data.grant)))
  const states = siblings.map(({ state }) => state)
  const told = altered.length === 0 ? null : await lastEntry(sql, altered)
  const { policy } = row.grant.settings
  const siblingsAt = (now: number) => {
    const known = siblingsOf(states, now, policy)
    return altered.length === 0 ? known : withUnreadable(known, told === null ? Infinity : now - told, policy)
  }
  return { row, contextAt: (now) => ({ now, policy, siblings: siblingsAt(now), paced }) }
}

/** When the ledger last heard of one of these grants: what can't be read in a row's state still stands there. */
const lastEntry = async (sql: Sql, grants: readonly string[]): Promise<number | null> => {
  const marks = grants.map(() => '?').join(', ')
  const [found] = await sql.all(`SELECT MAX(at) AS at FROM keyturn_ledger WHERE grant_id IN (${marks})`, grants)
  return found === undefined ? null : integerOrNull(found, 'at')
}
