/**
 * The callers as this replica knows them: read from the store, looked at again when anything was committed (at most
 * every `staleAfter`), and good for `staleMax` while the store does not answer: an outage of the store is no reason to
 * turn away who was known a moment ago, and no reason to say "unknown" to who was not.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Store } from '@keyturn/tokens'
import type { Log } from '../log.ts'
import { callerKind, headId, headKind, readCaller } from './caller-record.ts'
import type { StoredCaller } from './caller-record.ts'

/** While somebody is known well enough, nobody waits longer for a store that hangs. */
const PATIENCE_MS = 500

export interface Directory {
  byId(id: string): StoredCaller | null
  byUser(virtualUser: string): StoredCaller | null
  /** Null also where several callers bear the same client id. */
  byClient(clientId: string): StoredCaller | null
  byCertificate(fingerprint: string): StoredCaller | null
  bySocket(name: string): StoredCaller | null
  byLineage(lineage: string): StoredCaller | null
  readonly all: readonly StoredCaller[]
  /** The store did not answer just now: who is not in here, or not like this, may be by now. */
  readonly stale: boolean
}

interface DirectoryOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** ms */
  readonly staleAfter: number
  readonly staleMax: number
}

/** A name that several bear names nobody. */
const index = (callers: readonly StoredCaller[], namesOf: (caller: StoredCaller) => readonly string[]) => {
  const found = new Map<string, StoredCaller | null>()
  for (const caller of callers) for (const name of namesOf(caller)) found.set(name, found.has(name) ? null : caller)
  return (name: string): StoredCaller | null => found.get(name) ?? null
}

const directoryOf = (all: readonly StoredCaller[]): Directory => ({
  all,
  stale: false,
  byId: index(all, ({ id }) => [id]),
  byUser: index(all, ({ doc }) => (doc.virtualUser === null ? [] : [doc.virtualUser.toLowerCase()])),
  byClient: index(all, ({ doc }) => (doc.client === null ? [] : [doc.client.id])),
  byCertificate: index(all, ({ doc }) => doc.certificates),
  bySocket: index(all, ({ doc }) => doc.sockets),
  byLineage: index(all, ({ doc }) => (doc.takeOver === null ? [] : [doc.takeOver.lineage])),
})

export const readAllCallers = async (store: Store, log: Log): Promise<readonly StoredCaller[]> => {
  const callers: StoredCaller[] = []
  for (let after = ''; ;) {
    const page = await store.records.list(callerKind, after, (error) =>
      log.error('a caller was altered outside of Keyturn and is left out', { code: error.code, ...error.data }),
    )
    for (const record of page) {
      try {
        callers.push(readCaller(record))
      } catch {
        log.error('a caller of a newer Keyturn can’t be read and is left out', { caller: record.id })
      }
    }
    const last = page.at(-1)
    if (last === undefined) return callers
    after = last.id
  }
}

/** Answers with a directory that is not older than `staleAfter`, or throws STORE_UNAVAILABLE. */
export const openDirectory = ({ store, clock, log, staleAfter, staleMax }: DirectoryOptions) => {
  let known: { directory: Directory; version: number | string; head: number; checkedAt: number } | null = null
  let looking: Promise<Directory> | null = null

  const look = async (): Promise<Directory> => {
    const version = await store.version()
    if (known !== null && known.version === version) {
      known.checkedAt = clock.boot()
      return known.directory
    }
    const head = (await store.records.get(headKind, headId))?.version ?? 0
    const directory = known?.head === head ? known.directory : directoryOf(await readAllCallers(store, log))
    known = { directory, version, head, checkedAt: clock.boot() }
    return directory
  }

  const current = (): Directory | Promise<Directory> => {
    if (known !== null && clock.boot() - known.checkedAt < staleAfter) return known.directory
    looking ??= look()
      .catch((error: unknown) => {
        if (!(error instanceof KeyturnError) || error.kind !== 'unavailable') throw error
        if (known !== null && clock.boot() - known.checkedAt < staleMax) return { ...known.directory, stale: true }
        throw error
      })
      .finally(() => {
        looking = null
      })
    if (known === null || clock.boot() - known.checkedAt >= staleMax) return looking
    const directory = { ...known.directory, stale: true }
    const over = new AbortController()
    return Promise.race([looking, clock.sleep(PATIENCE_MS, over.signal).then(() => directory)]).finally(() =>
      over.abort(),
    )
  }
  return { current }
}
