/**
 * Credentials and their runs in the store. Every write names the version it read, so that a process that slept and was
 * replaced meanwhile changes nothing; every state change has its ledger entry in the same transaction.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Json, RecordEntry, Secret, Store, StoreRecord } from '@keyturn/tokens'
import type { Commit } from '../../ledger-commitment.ts'
import { credentialDoc, credentialKind, runDoc, runKind, secretName } from '../credential.ts'
import type { CredentialDoc, Run, Version } from '../credential.ts'

/** What was read, and the version to write over. */
export interface Held {
  readonly doc: CredentialDoc
  readonly version: number | null
}

interface Change {
  readonly doc: CredentialDoc
  readonly secrets?: Readonly<Record<string, Secret>>
  readonly forget?: readonly string[]
  readonly ended?: Run | null
  readonly entry?: { readonly kind: string; readonly data: Readonly<Record<string, string | number | null>> }
}

export interface Keeper {
  read(name: string): Promise<Held | null>
  list(altered?: (error: KeyturnError) => void): Promise<readonly CredentialDoc[]>
  /** Throws CLAIM_LOST when somebody else wrote meanwhile. */
  write(held: Held | null, change: Change): Promise<Held>
  secret(name: string, version: Version, field: string): Promise<Secret | null>
  run(id: string): Promise<{ readonly credential: string; readonly kind: string; readonly run: Run } | null>
}

const read = (record: StoreRecord): CredentialDoc => {
  const parsed = credentialDoc.safeParse(record.doc)
  if (parsed.success) return parsed.data
  throw new KeyturnError('STORE_TOO_NEW', `The credential ${record.id} was written by another version of Keyturn`)
}

/** What people or the org wrote: in the ledger, which nobody can erase, stands their commitment only. */
const texts: readonly string[] = ['who', 'why', 'did', 'what']

const committed = (commit: Commit, data: NonNullable<Change['entry']>['data']): RecordEntry['data'] =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      texts.includes(name) && typeof value === 'string' ? commit(value) : value,
    ]),
  )

const entryOf = (commit: Commit, change: Change): RecordEntry | undefined =>
  change.entry === undefined
    ? undefined
    : {
        kind: change.entry.kind,
        data: { credential: change.doc.name, type: change.doc.kind, ...committed(commit, change.entry.data) },
      }

export const keeperOf = ({ records }: Pick<Store, 'records'>, commit: Commit): Keeper => ({
  async read(name) {
    const record = await records.get(credentialKind, name)
    return record === null ? null : { doc: read(record), version: record.version }
  },
  async list(altered) {
    const found: CredentialDoc[] = []
    for (let after = ''; ;) {
      const page = await records.list(credentialKind, after, altered)
      found.push(...page.map(read))
      const last = page.at(-1)
      if (last === undefined || page.length < 1_000) return found
      after = last.id
    }
  },
  async write(held, change) {
    const { doc, secrets = {}, forget = [], ended = null } = change
    const archived =
      ended === null
        ? []
        : [
            {
              kind: runKind,
              id: ended.id,
              doc: { v: 1, credential: doc.name, kind: doc.kind, run: ended } as Json,
              expect: null,
            },
          ]
    const credential = { kind: credentialKind, id: doc.name, doc: doc as Json, expect: held?.version ?? null }
    const [written] = await records.putAll([{ ...credential, secrets, forget }, ...archived], entryOf(commit, change))
    if (written === undefined) throw new KeyturnError('DEFECT', 'a credential that was just written is not there')
    return { doc, version: written.version }
  },
  secret: (name, version, field) => records.secret(credentialKind, name, secretName(version.n, field)),
  async run(id) {
    const record = await records.get(runKind, id)
    return record === null ? null : runDoc.parse(record.doc)
  },
})
