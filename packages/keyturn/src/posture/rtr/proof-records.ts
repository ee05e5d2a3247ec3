/**
 * What is remembered of clients beside the grants: rehearsals and people's words, by the client's id. Reasons and names
 * are kept here, where they can be erased; the ledger has keyed commitments to them.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { RecordEntry, Store, StoreRecord } from '@keyturn/tokens'
import * as z from 'zod'
import type { Commit } from '../../ledger-commitment.ts'
import { isClientPattern } from './client-id.ts'
import type { Declared, Proofs, Rehearsed } from './readiness.ts'

const rehearsedKind = 'rtr-rehearsed'
const declaredKind = 'rtr-declared'

const rehearsedDoc = z.strictObject({
  v: z.literal(1),
  client: z.string(),
  at: z.number(),
  version: z.string().nullable(),
  keyturn: z.string(),
  verdicts: z.record(z.string(), z.enum(['pass', 'fail', 'inconclusive'])),
  whole: z.boolean(),
})

const declaredDoc = z.strictObject({
  v: z.literal(1),
  org: z.string(),
  client: z.string(),
  at: z.number(),
  reason: z.string(),
  owner: z.string(),
  by: z.string(),
})

/** Throws BAD_ARGUMENT: for `--record` and `rtr ready`. */
export const requireClient = (text: string): string => {
  if (isClientPattern(text)) return text
  throw new KeyturnError('BAD_ARGUMENT', 'That is no client: it is APP/PROGRAM/USER, as `keyturn rtr` lists them', {
    fix: 'Copy it from `keyturn rtr NAME`; `APP/PROGRAM/*` stands for all users of a program.',
  })
}

export const recordRehearsal = async (store: Store, rehearsed: Rehearsed, commit: Commit): Promise<void> => {
  const { client, at, version, keyturn, verdicts, whole } = rehearsed
  const of = (verdict: string): number => Object.values(verdicts).filter((one) => one === verdict).length
  const entry: RecordEntry = {
    kind: 'client-rehearsed',
    data: {
      client: commit(client),
      version: version === null ? null : commit(version),
      keyturn,
      passed: of('pass'),
      failed: of('fail'),
      inconclusive: of('inconclusive'),
      whole,
    },
  }
  const doc = { v: 1, client, at, version, keyturn, verdicts: { ...verdicts }, whole }
  await store.records.put({ kind: rehearsedKind, id: client, doc }, entry)
}

export const recordDeclaration = async (store: Store, org: string, said: Declared, commit: Commit): Promise<void> => {
  const { client, at, reason, owner, by } = said
  const entry: RecordEntry = {
    kind: 'client-declared-ready',
    data: { org, client: commit(client), reason: commit(reason), owner: commit(owner) },
  }
  const doc = { v: 1, org, client, at, reason, owner, by }
  await store.records.put({ kind: declaredKind, id: `${org}/${client}`, doc }, entry)
}

/** False: there was none. */
export const withdrawDeclaration = async (
  store: Store,
  org: string,
  client: string,
  commit: Commit,
): Promise<boolean> => {
  const id = `${org}/${client}`
  if ((await store.records.get(declaredKind, id)) === null) return false
  const data = { org, client: commit(client) }
  await store.records.remove(declaredKind, id, { kind: 'client-declaration-withdrawn', data })
  return true
}

const page = 1000

/** A row that somebody altered counts for nothing, and holds up no other. */
const allOf = async (store: Store, kind: string): Promise<readonly StoreRecord[]> => {
  const found: StoreRecord[] = []
  for (let after = ''; ;) {
    const some = await store.records.list(kind, after, () => undefined)
    found.push(...some)
    const last = some.at(-1)?.id
    if (some.length < page || last === undefined) return found
    after = last
  }
}

/** Of one org; a rehearsal is of a program, whichever org it goes to. */
export const readProofs = async (store: Store, org: string): Promise<Pick<Proofs, 'rehearsed' | 'declared'>> => {
  const [rehearsed, declared] = await Promise.all([allOf(store, rehearsedKind), allOf(store, declaredKind)])
  return {
    rehearsed: rehearsed.flatMap(({ doc }): readonly Rehearsed[] => {
      const { success, data } = rehearsedDoc.safeParse(doc)
      return success ? [data] : []
    }),
    declared: declared.flatMap(({ doc }): readonly Declared[] => {
      const { success, data } = declaredDoc.safeParse(doc)
      return success && data.org === org ? [data] : []
    }),
  }
}
