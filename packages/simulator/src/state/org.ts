/** One simulated org as the identity side sees it: a database, ids, settings, and where its events go. */
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import type { SimOrg, VirtualAsk, VirtualRow } from '../route.ts'
import type { SimEventBody } from '../oracle/events.ts'
import { createIds } from './ids.ts'
import type { Ids } from './ids.ts'
import { patchSettings } from './patch-settings.ts'
import { defaultOrgSettings } from './settings.ts'
import type { OrgSettings } from './settings.ts'
import { createIdentityTables } from './tables.ts'

export interface Org extends SimOrg {
  /** Short name, as the control plane calls it. */
  readonly name: string
  readonly ids: Ids
  /** A prepared statement, made once per text. */
  sql(text: string): StatementSync
  settings(): OrgSettings
  changeSettings(patch: Readonly<Record<string, unknown>>): OrgSettings
  /** scheme://host:port, known once the org listens. */
  origin(): string
  setOrigin(origin: string): void
  record(request: number, event: SimEventBody): void
  /** A value that belongs to the org as a whole, by name. */
  meta(name: string): string | undefined
  setMeta(name: string, value: string): void
  /** Writes what is kept in memory (the id counter) so that a copy of the database is whole. */
  settle(): void
  /** Reads again what is kept in memory, after the database was replaced. */
  reload(): void
}

/** Ids are reserved in blocks: a crash skips some, and never repeats one. */
const idBlock = 4096

export function createOrg(options: {
  readonly name: string
  readonly seed: string
  readonly file: string
  readonly now: () => number
  readonly virtualRows?: (org: Org, sobject: string, ask: VirtualAsk) => readonly VirtualRow[]
  readonly metadataOf?: (org: Org, sobject: string, id: string, ask: VirtualAsk) => unknown
  readonly userSaved?: (org: Org, userId: string) => void
  readonly record: (org: string, request: number, event: SimEventBody) => void
}): Org {
  const db = new DatabaseSync(options.file)
  // A simulator that is killed keeps a whole database (WAL); a machine that dies may lose some of a simulation.
  db.exec(
    `PRAGMA journal_mode = ${options.file === ':memory:' ? 'MEMORY' : 'WAL'}; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY`,
  )
  createIdentityTables(db)

  const statements = new Map<string, StatementSync>()
  const sql = (text: string): StatementSync => {
    const known = statements.get(text)
    if (known !== undefined) return known
    const fresh = db.prepare(text)
    statements.set(text, fresh)
    return fresh
  }
  const readMeta = (name: string): string | undefined =>
    sql('SELECT value FROM sim_meta WHERE name = ?').get(name)?.['value'] as string | undefined
  const writeMeta = (name: string, value: string): void => {
    sql('INSERT INTO sim_meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(
      name,
      value,
    )
  }

  const raw = createIds(`${options.seed}|${options.name}`, Number(readMeta('ids') ?? 0))
  let reserved = raw.counter()
  const guarded = <T>(made: T): T => {
    if (raw.counter() > reserved) {
      reserved = raw.counter() + idBlock
      writeMeta('ids', String(reserved))
    }
    return made
  }
  const ids: Ids = {
    ...raw,
    id: (prefix) => guarded(raw.id(prefix)),
    token: (kind, length) => guarded(raw.token(kind, length)),
    hex: (kind, length) => guarded(raw.hex(kind, length)),
  }

  let id = readMeta('org')
  if (id === undefined) {
    id = ids.id('00D')
    writeMeta('org', id)
  }
  let settings = patchSettings(defaultOrgSettings, JSON.parse(readMeta('settings') ?? '{}') as Record<string, unknown>)
  let origin = ''

  const org: Org = {
    id,
    name: options.name,
    db,
    ids,
    sql,
    now: options.now,
    newId: (prefix) => ids.id(prefix),
    settings: () => settings,
    changeSettings: (patch) => {
      settings = patchSettings(settings, patch)
      writeMeta('settings', JSON.stringify(settings))
      return settings
    },
    origin: () => origin,
    setOrigin: (value) => {
      origin = value
    },
    record: (request, event) => options.record(options.name, request, event),
    meta: readMeta,
    setMeta: writeMeta,
    settle: () => {
      reserved = raw.counter()
      writeMeta('ids', String(reserved))
    },
    reload: () => {
      raw.restore(Number(readMeta('ids') ?? 0))
      settings = patchSettings(defaultOrgSettings, JSON.parse(readMeta('settings') ?? '{}') as Record<string, unknown>)
    },
    userSaved: (userId) => options.userSaved?.(org, userId),
    virtualRows: (sobject, ask) => options.virtualRows?.(org, sobject, ask) ?? [],
    metadataOf: (sobject, recordId, ask) => options.metadataOf?.(org, sobject, recordId, ask) ?? null,
  }
  return org
}
