/**
 * One row of `keyturn_grants`: state as JSON text, and beside it the columns that are searched or kept unique.
 *
 * Each row bears a mark, a keyed hash over all of it: a login URL, a name or a state that somebody changed in the
 * database by hand would send a secret to the wrong place, so such a row is refused (STORE_TAMPERED), not used.
 */
import { KeyturnError } from '../errors.ts'
import { exchanging } from '../protocol/siblings.ts'
import { readIntact } from './read-intact.ts'
import type { StoredGrant } from './store.ts'
import { bytes, integer, text, textOrNull } from './sql.ts'
import type { Row, Value } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'

const columnNames = [
  'id',
  'name',
  'lineage',
  'org_id',
  'user_id',
  'client_id',
  'removed',
  'spending',
  'version',
  'created_at',
  'exchanged_at',
  'settings',
  'state',
  'access',
  'learned',
  'data_key',
  'mark',
] as const

/** The columns to select, for the table's alias. */
export const grantColumns = (alias: string): string => columnNames.map((name) => `${alias}.${name}`).join(', ')

export interface GrantRow {
  readonly grant: StoredGrant
  readonly version: number
  readonly dataKey: Uint8Array
}

/** Everything but the wrapped data key, which its own seal protects and a new master key replaces. */
const marked = (columns: readonly (string | number | null)[]): string => JSON.stringify(['grant row 1', ...columns])

/** Undefined members would be lost in JSON; a row that came back must equal the row that went in. */
const json = (value: unknown): string => JSON.stringify(value)

const columnsOf = ({ grant, version }: GrantRow): readonly (string | number | null)[] => [
  grant.id,
  grant.name,
  grant.state.lineage,
  grant.identity?.orgId ?? null,
  grant.identity?.userId ?? null,
  grant.settings.clientId,
  grant.state.removedAt === null ? 0 : 1,
  exchanging(grant.state) ? 1 : 0,
  version,
  grant.createdAt,
  grant.exchangedAt,
  json(grant.settings),
  json(grant.state),
  grant.access === null ? null : json(grant.access),
  json(grant.learned),
]

const values = (keys: StoreKeys, row: GrantRow): readonly Value[] => {
  const columns = columnsOf(row)
  return [...columns, row.dataKey, keys.rowMark(marked(columns))]
}

export const insertGrant = (keys: StoreKeys, row: GrantRow): { text: string; params: readonly Value[] } => ({
  text: `INSERT INTO keyturn_grants (${columnNames.join(', ')}) VALUES (${columnNames.map(() => '?').join(', ')})`,
  params: values(keys, row),
})

const updateText = `UPDATE keyturn_grants SET ${columnNames.map((name) => `${name} = ?`).join(', ')} WHERE id = ?`

export const updateGrant = (keys: StoreKeys, row: GrantRow): { text: string; params: readonly Value[] } => ({
  text: updateText,
  params: [...values(keys, row), row.grant.id],
})

/** Throws STORE_TAMPERED. */
export const readGrant = (keys: StoreKeys, row: Row): GrantRow => {
  const columns = [
    text(row, 'id'),
    text(row, 'name'),
    textOrNull(row, 'lineage'),
    textOrNull(row, 'org_id'),
    textOrNull(row, 'user_id'),
    text(row, 'client_id'),
    integer(row, 'removed'),
    integer(row, 'spending'),
    integer(row, 'version'),
    integer(row, 'created_at'),
    integer(row, 'exchanged_at'),
    text(row, 'settings'),
    text(row, 'state'),
    textOrNull(row, 'access'),
    text(row, 'learned'),
  ] as const
  const [id, name, , orgId, userId, , , , version, createdAt, exchangedAt, settings, state, access, learned] = columns
  if (!keys.rowMarkFits(marked(columns), bytes(row, 'mark'))) {
    throw new KeyturnError('STORE_TAMPERED', `the row of grant ${id} (${name}) was altered outside of Keyturn`, {
      data: { grant: id, name },
    })
  }
  return {
    version,
    dataKey: bytes(row, 'data_key'),
    grant: {
      id,
      name,
      createdAt,
      identity: orgId === null || userId === null ? null : { orgId, userId },
      settings: JSON.parse(settings),
      state: JSON.parse(state),
      access: access === null ? null : JSON.parse(access),
      learned: JSON.parse(learned),
      exchangedAt,
    },
  }
}

/** Without rows that were altered outside, of which `altered` is told; without it such a row is an error. */
export const readGrants = (
  keys: StoreKeys,
  rows: readonly Row[],
  altered?: (error: KeyturnError) => void,
): readonly StoredGrant[] => readIntact(rows, (row) => readGrant(keys, row).grant, altered)
