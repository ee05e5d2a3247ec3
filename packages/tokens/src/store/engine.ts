/**
 * The store, written once for both databases on a `Driver`.
 *
 * Each change is one transaction that excludes every other writer, reads what it judges inside that transaction, runs
 * the pure `transition`, and writes state, secrets and ledger entries together. Reads are single statements on
 * committed data.
 */
import { randomUUID } from 'node:crypto'
import { KeyturnError } from '../errors.ts'
import { replayAbroad } from '../protocol/clauses.ts'
import { newGrant } from '../protocol/state.ts'
import type { Holder } from '../protocol/state.ts'
import { checkpointMethods } from './checkpoints.ts'
import { heldElsewhere, paceApp, runEvent, runEvents, saveGrant, sealSecrets, withPuts } from './grant-change.ts'
import type { TransitionFunction } from './grant-change.ts'
import { grantColumns, insertGrant, readGrant, readGrants } from './grant-row.ts'
import type { GrantRow } from './grant-row.ts'
import { holds, ledgerColumns, markOf, readEntry, readMeta } from './head.ts'
import { hostNames } from './host-names.ts'
import { hostMethods } from './hosts.ts'
import { orphanMethods } from './orphans.ts'
import { recordMethods } from './records.ts'
import { readSituation } from './situation.ts'
import { bytes, text } from './sql.ts'
import type { Driver, Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { GrantSecrets, NewGrant, Store, StoredGrant } from './store.ts'
import { verifyStore } from './verify.ts'
import { createWriter, discard } from './writer.ts'
import type { Writer, Writing } from './writer.ts'

export interface EngineParts {
  readonly driver: Driver
  readonly keys: StoreKeys
  readonly holder: Holder
  readonly transition: TransitionFunction
}

/** What the parts of the store that live in their own files share. */
export interface Engine extends EngineParts, Writer {}

/**
 * Every refresh-token grant becomes in doubt until every known host has rolled its journal forward. One whose row was
 * altered outside is of no use to anybody, before as after: it is named and left, and keeps no other from going on.
 */
const restoreAll =
  (parts: EngineParts) =>
  async (writing: Writing): Promise<void> => {
    const hosts = await writing.sql.all('SELECT host FROM keyturn_hosts WHERE lost_at IS NULL ORDER BY host')
    const ids = hosts.map((row) => text(row, 'host'))
    const known = await hostNames(writing.sql, parts.keys)
    const names = Object.fromEntries([...known].filter(([id]) => ids.includes(id)))
    const event = { type: 'restored', hosts: ids, names } as const
    const where = 'WHERE g.lineage IS NOT NULL ORDER BY g.id'
    const rows = await writing.sql.all(`SELECT ${grantColumns('g')} FROM keyturn_grants g ${where}`)
    const altered: string[] = []
    const grants = readGrants(parts.keys, rows, ({ data }) => void altered.push(String(data.grant)))
    for (const { id } of grants) await runEvent(parts, writing, id, event)
    for (const id of altered) await writing.append('restore-left-out', id, { code: 'STORE_TAMPERED' })
  }

export const createStore = (parts: EngineParts): Store => {
  const { driver, keys } = parts
  const { read } = driver
  const engine: Engine = { ...parts, ...createWriter(parts, restoreAll(parts)) }
  const { write } = engine
  // A transaction that does nothing notices and declares it.
  driver.whenStrange(() => write(() => Promise.resolve(discard(undefined))))

  const select = async (
    where: string,
    params: readonly (string | number)[] = [],
    altered?: (error: KeyturnError) => void,
  ): Promise<readonly StoredGrant[]> =>
    readGrants(keys, await read.all(`SELECT ${grantColumns('g')} FROM keyturn_grants g ${where}`, params), altered)

  const refuseName = async (sql: Sql, name: string, id: string): Promise<void> => {
    const rows = await sql.all('SELECT 1 FROM keyturn_grants WHERE name = ? AND removed = 0 AND id <> ?', [name, id])
    if (rows.length > 0)
      throw new KeyturnError('GRANT_EXISTS', `there is a grant named ${name} already`, { data: { name } })
  }

  /** A replay of the same user and app that is still on its way could take the new token down with it. */
  const refuseBesideReplay = async (
    { sql, now }: Writing,
    { clientId, policy }: NewGrant['settings'],
    { orgId, userId }: NonNullable<NewGrant['identity']>,
  ): Promise<void> => {
    const where = 'WHERE g.client_id = ? AND g.org_id = ? AND g.user_id = ?'
    const rows = await sql.all(`SELECT ${grantColumns('g')} FROM keyturn_grants g ${where}`, [clientId, orgId, userId])
    // An altered one can't be asked; a replay of it that is still on its way costs the new token at worst.
    const abroad = readGrants(keys, rows, () => undefined).find(({ state }) => replayAbroad(state, now, policy.drain))
    if (abroad === undefined) return
    throw new KeyturnError(
      'GRANT_IN_DOUBT',
      `A last try of the grant ${abroad.name} (same user and app) may still reach Salesforce and take the new token down`,
      { data: { grant: abroad.name }, fix: `Wait ${Math.ceil(policy.drain / 60_000)} minutes and repeat.` },
    )
  }

  const add = (grant: NewGrant): Promise<StoredGrant> =>
    write(async (writing) => {
      const { sql, now } = writing
      const { name, settings, identity, spares, secrets } = grant
      await refuseName(sql, name, '')
      const token = secrets['refreshToken']
      const lineage = token === undefined ? null : keys.fingerprint(token)
      const [holder] =
        lineage === null ? [] : await sql.all('SELECT id, name FROM keyturn_grants WHERE lineage = ?', [lineage])
      if (holder !== undefined) {
        const id = text(holder, 'id')
        const puts = { name, settings, secrets, ...(identity === null ? {} : { identity }) }
        const revived = await runEvent(parts, writing, id, { type: 'revive' }, puts)
        if (!revived.applied) throw heldElsewhere(text(holder, 'name'))
        return revived.grant
      }
      if (identity !== null) await refuseBesideReplay(writing, settings, identity)
      const id = randomUUID()
      const row: GrantRow = {
        version: 1,
        dataKey: keys.wrapNew(id),
        grant: {
          id,
          name,
          createdAt: now,
          identity,
          settings,
          state: newGrant(lineage, spares),
          access: null,
          learned: { sessionTimeout: null, observedLife: null },
          exchangedAt: 0,
        },
      }
      const insert = insertGrant(keys, row)
      await sql.run(insert.text, insert.params)
      await sealSecrets(sql, keys, row, secrets)
      await writing.append('added', id, { name, lineage, flow: settings.flow, client: settings.clientId })
      return row.grant
    })

  return {
    id: keys.store,
    kind: driver.kind,
    now: () => driver.now(),
    lineageOf: (token) => keys.fingerprint(token),
    deriveKey: (purpose) => keys.derive(purpose),
    version: () => driver.version(),

    grant: async (name) => (await select('WHERE g.name = ? AND g.removed = 0', [name]))[0] ?? null,
    grantById: async (id) => (await select('WHERE g.id = ?', [id]))[0] ?? null,
    grants: (options) =>
      select(`${options?.removed === true ? '' : 'WHERE g.removed = 0'} ORDER BY g.name, g.id`, [], options?.altered),

    secret: async (grantId, name) => (await snapshot(read, keys, grantId, [name]))?.secrets[name] ?? null,
    snapshot: (grantId, names) => snapshot(read, keys, grantId, names),

    add,
    apply: (grantId, event, puts) =>
      write(async (writing) => {
        const { anything, result } = await runEvents(parts, writing, grantId, event, puts)
        const applied = { ...result, mark: markOf(writing.head()) }
        return anything ? applied : discard(applied)
      }),
    look: async (grantId) => {
      const { row, contextAt } = await readSituation(read, keys, grantId)
      // The clock is read after the row: what the check before the first byte calls "in time" is never older than it.
      return { grant: row.grant, context: contextAt(await driver.now()) }
    },
    change: (grantId, kind, puts, only) =>
      write(async (writing) => {
        const { row } = await readSituation(writing.sql, keys, grantId)
        if (only?.(row.grant) === false) return discard(row.grant)
        if (puts.name !== undefined) await refuseName(writing.sql, puts.name, grantId)
        const next = withPuts(row, row.grant.state, puts, row.grant.exchangedAt)
        await saveGrant(writing.sql, keys, next, puts.secrets ?? {}, puts.forget)
        const changed = Object.entries(puts).filter(([, value]) => value !== undefined)
        await writing.append(kind, grantId, {
          changed: changed
            .map(([what]) => what)
            .sort()
            .join(' '),
          secrets: Object.keys(puts.secrets ?? {})
            .sort()
            .join(' '),
        })
        return next.grant
      }),

    pace: (clientId) => write(async (writing) => ((await paceApp(writing, clientId)) ? undefined : discard(undefined))),

    ...hostMethods(engine),
    ...orphanMethods(engine),
    ...checkpointMethods(engine),
    records: recordMethods(engine),

    mark: async () => markOf(await readMeta(read, driver.describe)),
    contains: (mark) => holds(read, mark),
    wentBack: (reason, atLeast = 0) => engine.declare(reason, atLeast),

    ledger: async (from, limit) =>
      (
        await read.all(`SELECT ${ledgerColumns} FROM keyturn_ledger WHERE seq >= ? ORDER BY seq LIMIT ?`, [from, limit])
      ).map(readEntry),
    note: (kind, grantId, data) =>
      write(async (writing) => {
        await writing.append(kind, grantId, data)
        const [row] = await writing.sql.all(`SELECT ${ledgerColumns} FROM keyturn_ledger WHERE seq = ?`, [
          writing.head().seq,
        ])
        if (row === undefined) throw new KeyturnError('DEFECT', 'an entry that was just written is not there')
        return readEntry(row)
      }),

    verify: () => driver.snapshot((sql) => verifyStore(sql, keys)),
    changed: (ms) => driver.changed(ms),
    close: () => driver.close(),
  }
}

/** A grant together with some of its secrets, of one moment: an access token and the generation it belongs to. */
const snapshot = async (
  sql: Sql,
  keys: StoreKeys,
  grantId: string,
  names: readonly string[],
): Promise<{ readonly grant: StoredGrant; readonly secrets: GrantSecrets } | null> => {
  const rows = await sql.all(
    `SELECT ${grantColumns('g')}, s.name AS secret_name, s.sealed AS sealed
     FROM keyturn_grants g LEFT JOIN keyturn_secrets s
       ON s.grant_id = g.id AND s.name IN (${['NULL', ...names.map(() => '?')].join(', ')})
     WHERE g.id = ?`,
    [...names, grantId],
  )
  const [first] = rows
  if (first === undefined) return null
  const { grant, dataKey } = readGrant(keys, first)
  const secrets: Record<string, GrantSecrets[string]> = {}
  for (const row of rows) {
    if (row['secret_name'] === null) continue
    const name = text(row, 'secret_name')
    const secret = keys.openSecret(dataKey, grantId, name, bytes(row, 'sealed'))
    // An older ciphertext of the same place opens; its fingerprint shows that it is not the token of this lineage.
    if (name === 'refreshToken' && keys.fingerprint(secret) !== grant.state.lineage) {
      throw new KeyturnError('STORE_TAMPERED', `the refresh token of grant ${grantId} is not the one of its lineage`, {
        data: { grant: grantId, lineage: grant.state.lineage },
      })
    }
    secrets[name] = secret
  }
  return { grant, secrets }
}
