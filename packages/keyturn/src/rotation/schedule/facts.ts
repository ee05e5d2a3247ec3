/**
 * What the store knows of scheduled credentials, read in pages and kept small: a round over thousands of them holds a
 * few numbers of each and no document.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Records, StoreRecord } from '@keyturn/tokens'
import { credentialDoc, credentialKind, currentVersion } from '../credential.ts'
import type { CredentialDoc, Run } from '../credential.ts'
import { readSchedule, scheduleKind } from './schedule-record.ts'
import type { ScheduleDoc } from './schedule-record.ts'

export interface StoredFacts {
  /** Number of the newest version, 0: none. Every run moves it on. */
  readonly turn: number
  readonly kept: boolean
  /** Since when the platform takes the version in use; null: Keyturn did not make it. */
  readonly activeAt: number | null
  readonly lastTurnedAt: number | null
  readonly notAfter: number | null
  readonly run: RunFacts | null
  /** Runs that were taken back since the last one that was not. */
  readonly takenBack: { readonly times: number; readonly at: number; readonly run: string | null } | null
}

interface RunFacts {
  readonly id: string
  readonly state: Run['state']
  readonly step: string | null
  readonly waitUntil: number | null
  readonly waitsFor: string | null
  /** Planned, and no step of it was begun: it can have had no effect. */
  readonly untouched: boolean
  /** It has not cut over yet, so what waits for it still waits. */
  readonly before: boolean
  readonly person: Run['person']
  readonly problem: Run['problem']
}

/** Nothing was ever kept. */
export const nothingStored: StoredFacts = {
  turn: 0,
  kept: false,
  activeAt: null,
  lastTurnedAt: null,
  notAfter: null,
  run: null,
  takenBack: null,
}

/** Rotators of certificates write the end into a version's public data, as ISO 8601 or epoch ms. */
const endOf = (value: unknown): number | null => {
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(at) ? at : null
}

export const isStuck = ({ state }: Pick<Run, 'state'>): boolean => state === 'halted' || state === 'waiting-for-person'

const cutOver: readonly string[] = ['active', 'draining', 'retired']

const runFacts = (run: Run): RunFacts => ({
  id: run.id,
  state: run.state,
  step: run.begun?.step ?? run.done.at(-1)?.step ?? null,
  waitUntil: run.waitUntil,
  waitsFor: run.waitsFor,
  untouched: run.begun === null && run.done.length === 0,
  before: !cutOver.includes(run.reached),
  person: run.person,
  problem: run.problem,
})

const storedFacts = (doc: CredentialDoc): StoredFacts => {
  const current = currentVersion(doc)
  const last = doc.versions.at(-1)
  const times = doc.versions.length - 1 - doc.versions.findLastIndex(({ state }) => state !== 'rolled-back')
  return {
    turn: last?.n ?? 0,
    kept: current !== null,
    activeAt: current?.activeAt ?? null,
    lastTurnedAt: doc.lastTurnedAt,
    notAfter: endOf(current?.data['notAfter']),
    run: doc.run === null ? null : runFacts(doc.run),
    takenBack:
      doc.run !== null || last === undefined || times === 0 ? null : { times, at: last.at, run: doc.runs[0] ?? null },
  }
}

const readCredential = (record: StoreRecord): CredentialDoc => {
  const parsed = credentialDoc.safeParse(record.doc)
  if (parsed.success) return parsed.data
  throw new KeyturnError('STORE_TOO_NEW', `The credential ${record.id} was written by another version of Keyturn`)
}

interface FactsRead {
  readonly stored: ReadonlyMap<string, StoredFacts>
  readonly schedules: ReadonlyMap<string, ScheduleDoc>
  /** Records that were altered or that this Keyturn can't read: never taken for "nothing there". */
  readonly unreadable: ReadonlyMap<string, KeyturnError>
}

export const readFacts = async (records: Pick<Records, 'list'>, names: ReadonlySet<string>): Promise<FactsRead> => {
  const unreadable = new Map<string, KeyturnError>()
  const read = async <T>(kind: string, of: (record: StoreRecord) => T): Promise<ReadonlyMap<string, T>> => {
    const found = new Map<string, T>()
    for (let after = ''; ;) {
      const page = await records.list(kind, after, (error) => {
        const id = error.data['id']
        if (typeof id === 'string') unreadable.set(id, error)
      })
      for (const record of page) {
        if (!names.has(record.id)) continue
        try {
          found.set(record.id, of(record))
        } catch (error) {
          if (!(error instanceof KeyturnError)) throw error
          unreadable.set(record.id, error)
        }
      }
      const last = page.at(-1)
      if (last === undefined) return found
      after = last.id
    }
  }
  const stored = await read(credentialKind, (record) => storedFacts(readCredential(record)))
  const schedules = await read(scheduleKind, (record) => readSchedule(record).doc)
  return { stored, schedules, unreadable }
}

export const readStored = async (records: Pick<Records, 'get'>, name: string): Promise<StoredFacts> => {
  const record = await records.get(credentialKind, name)
  return record === null ? nothingStored : storedFacts(readCredential(record))
}
