/** What the store's tests share: a grant to add, an event to apply, and the two databases to run on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/clock.ts'
import { defaultPolicy } from '../../src/protocol/event.ts'
import type { ProtocolEvent } from '../../src/protocol/event.ts'
import type { Holder } from '../../src/protocol/state.ts'
import { Secret } from '../../src/secret.ts'
import { openStore } from '../../src/store/open.ts'
import type { OpenStoreOptions } from '../../src/store/open.ts'
import type { GrantSettings, NewGrant, Store, StoredGrant } from '../../src/store/store.ts'

export const masterKey = new Uint8Array(32).fill(7)
export const otherKey = new Uint8Array(32).fill(8)
export const holder: Holder = { host: 'host-a', process: 'process-1' }

/** Marks every secret of a test, so that a search for it finds what leaked. */
export const canary = 'CANARY5Aep861'

export interface MovedClock extends Clock {
  move(ms: number): void
}

/** The machine's clock, moved by hand. */
export const movedClock = (): MovedClock => {
  let shift = 0
  return {
    wall: () => systemClock.wall() + shift,
    boot: () => systemClock.boot() + shift,
    offset: () => shift,
    sleep: systemClock.sleep,
    move: (ms) => {
      shift += ms
    },
  }
}

export const settings = (change: Partial<GrantSettings> = {}): GrantSettings => ({
  flow: 'refresh_token',
  loginUrl: 'https://login.salesforce.com',
  clientId: 'client-1',
  username: null,
  scope: null,
  audience: null,
  fallback: [],
  policy: defaultPolicy,
  keepAlive: null,
  references: {},
  ...change,
})

export const aGrant = (name: string, change: Partial<NewGrant> & { token?: string } = {}): NewGrant => {
  const { token = `${canary}-rt-${name}`, ...rest } = change
  return {
    name,
    settings: settings(),
    identity: null,
    spares: { names: [], cascade: [] },
    secrets: { refreshToken: new Secret(token) },
    ...rest,
  }
}

let attempts = 0
export const nextAttempt = (): string => `attempt-${process.pid}-${++attempts}`

export const claim = async (
  store: Store,
  grant: StoredGrant,
  change: Partial<Extract<ProtocolEvent, { type: 'claim' }>> = {},
): Promise<Extract<ProtocolEvent, { type: 'claim' }>> => {
  const now = await store.now()
  return {
    type: 'claim',
    attempt: nextAttempt(),
    holder,
    lineage: grant.state.lineage ?? '',
    generation: grant.state.generation,
    sendBy: now + 10_000,
    deadline: now + 60_000,
    ...change,
  }
}

/** The server sold `token` for the current one: the event and what it brings. */
export const answer = (store: Store, grant: StoredGrant, attempt: string, token: string) =>
  ({
    event: {
      type: 'answered',
      attempt,
      sent: grant.state.lineage ?? '',
      next: store.lineageOf(new Secret(token)),
      access: true,
      rolledForward: false,
    },
    puts: {
      secrets: { refreshToken: new Secret(token), accessToken: new Secret(`${token}-access`) },
      access: { instanceUrl: 'https://example.my.salesforce.com', issuedAt: 1, scope: null, format: 'opaque' },
    },
  }) as const

export interface Place {
  readonly kind: 'sqlite' | 'postgres'
  readonly address: string
  /** The SQLite file. */
  readonly file: string
  open(change?: Partial<OpenStoreOptions>): Promise<Store>
}

export const temporaryFolder = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An empty place for a store; stores opened in it are closed at the end of the test. */
export const emptyPlace = async (t: TestContext, kind: 'sqlite' | 'postgres'): Promise<Place> => {
  const opened: Store[] = []
  // Before the place itself is taken away.
  t.after(() => Promise.all(opened.map((store) => store.close())))
  const file = kind === 'sqlite' ? join(temporaryFolder(t), 'store.db') : ''
  const address = kind === 'sqlite' ? `sqlite:${file}` : await freshDatabase(t)
  return {
    kind,
    address,
    file,
    open: async (change = {}) => {
      const store = await openStore(address, { clock: systemClock, masterKey, holder, migrate: true, ...change })
      opened.push(store)
      return store
    },
  }
}

export const kinds = ['sqlite', 'postgres'] as const

/** For a test's `skip`. */
export const absent = (kind: 'sqlite' | 'postgres'): string | false => (kind === 'sqlite' ? false : whyNoPostgres())

export const code = (expected: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === expected
