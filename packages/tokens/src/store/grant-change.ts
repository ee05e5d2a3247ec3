/** What writes a grant: an event through the protocol, a change of settings, and the secrets that come with either. */
import { KeyturnError } from '../errors.ts'
import type { GrantState } from '../protocol/state.ts'
import type { Context, ProtocolEvent, Transition } from '../protocol/event.ts'
import { updateGrant } from './grant-row.ts'
import type { GrantRow } from './grant-row.ts'
import { readSituation } from './situation.ts'
import { text } from './sql.ts'
import type { Sql } from './sql.ts'
import type { StoreKeys } from './store-keys.ts'
import type { Applied, GrantSecrets, Puts } from './store.ts'
import type { Writing } from './writer.ts'

export type TransitionFunction = (state: GrantState, event: ProtocolEvent, context: Context) => Transition

export interface Changing {
  readonly keys: StoreKeys
  readonly transition: TransitionFunction
}

/** Runs one event on one grant inside a transaction; writes only when it applies. */
export const runEvent = async (
  { keys, transition }: Changing,
  writing: Writing,
  grantId: string,
  event: ProtocolEvent,
  puts: Puts = {},
): Promise<Omit<Applied, 'mark'>> => {
  const { sql, now } = writing
  const { row, contextAt } = await readSituation(sql, keys, grantId)
  const outcome = transition(row.grant.state, event, contextAt(now))
  if (!outcome.applied) return { applied: false, reason: outcome.reason, grant: row.grant, notices: [] }
  const exchanged = event.type === 'answered' || (event.type === 'enrolled' && event.lineage !== null)
  const next = withPuts(row, outcome.state, puts, exchanged ? now : row.grant.exchangedAt)
  await saveGrant(sql, keys, next, puts.secrets ?? {}, puts.forget)
  for (const { kind, data } of outcome.entries) await writing.append(kind, grantId, data)
  if (outcome.notices.includes('paced')) await paceApp(writing, next.grant.settings.clientId)
  return { applied: true, reason: null, grant: next.grant, notices: outcome.notices }
}

/** Runs events in order; `puts` belong to the last. Only when nothing applied there is nothing to commit. */
export const runEvents = async (
  changing: Changing,
  writing: Writing,
  grantId: string,
  events: ProtocolEvent | readonly ProtocolEvent[],
  puts?: Puts,
): Promise<{ readonly anything: boolean; readonly result: Omit<Applied, 'mark'> }> => {
  const [first, ...rest] = 'type' in events ? [events] : events
  if (first === undefined) throw new KeyturnError('DEFECT', 'there is no event to run')
  let result = await runEvent(changing, writing, grantId, first, rest.length === 0 ? puts : undefined)
  let anything = result.applied
  for (const [index, event] of rest.entries()) {
    const next = await runEvent(changing, writing, grantId, event, index === rest.length - 1 ? puts : undefined)
    anything ||= next.applied
    result = { ...next, notices: [...result.notices, ...next.notices] }
  }
  return { anything, result }
}

export const withPuts = (row: GrantRow, state: GrantState, puts: Puts, exchangedAt: number): GrantRow => ({
  ...row,
  version: row.version + 1,
  grant: {
    ...row.grant,
    state,
    exchangedAt,
    name: puts.name ?? row.grant.name,
    settings: puts.settings ?? row.grant.settings,
    identity: puts.identity ?? row.grant.identity,
    access: puts.access ?? row.grant.access,
    learned: puts.learned ?? row.grant.learned,
  },
})

export const saveGrant = async (
  sql: Sql,
  keys: StoreKeys,
  row: GrantRow,
  secrets: GrantSecrets,
  forget: readonly string[] = [],
): Promise<void> => {
  const { id, state } = row.grant
  if (state.lineage !== null) {
    const [other] = await sql.all('SELECT name FROM keyturn_grants WHERE lineage = ? AND id <> ?', [state.lineage, id])
    if (other !== undefined) throw heldElsewhere(text(other, 'name'))
  }
  const update = updateGrant(keys, row)
  await sql.run(update.text, update.params)
  // A tombstone keeps the name of its token, not the token. What a late outcome brings is kept after that.
  if (state.removedAt !== null) await sql.run('DELETE FROM keyturn_secrets WHERE grant_id = ?', [id])
  for (const name of forget) await sql.run('DELETE FROM keyturn_secrets WHERE grant_id = ? AND name = ?', [id, name])
  await sealSecrets(sql, keys, row, secrets)
}

export const sealSecrets = async (sql: Sql, keys: StoreKeys, row: GrantRow, secrets: GrantSecrets): Promise<void> => {
  const { id, state } = row.grant
  for (const [name, secret] of Object.entries(secrets)) {
    if (name === 'refreshToken' && keys.fingerprint(secret) !== state.lineage) {
      throw new KeyturnError('DEFECT', 'a refresh token was to be stored under another lineage than its own', {
        data: { grant: id, lineage: state.lineage },
      })
    }
    await sql.run(
      `INSERT INTO keyturn_secrets (grant_id, name, sealed) VALUES (?, ?, ?)
       ON CONFLICT (grant_id, name) DO UPDATE SET sealed = excluded.sealed`,
      [id, name, keys.sealSecret(row.dataKey, id, name, secret)],
    )
  }
}

export const heldElsewhere = (name: string): KeyturnError =>
  new KeyturnError('TOKEN_HELD_ELSEWHERE', `this refresh token is already held by grant ${name}`, { data: { name } })

export const paceApp = async (writing: Writing, clientId: string): Promise<boolean> => {
  const rows = await writing.sql.all('SELECT 1 FROM keyturn_paced WHERE client_id = ?', [clientId])
  if (rows.length > 0) return false
  await writing.sql.run('INSERT INTO keyturn_paced (client_id, since) VALUES (?, ?)', [clientId, writing.now])
  await writing.append('app-paced', null, { client: clientId })
  return true
}
