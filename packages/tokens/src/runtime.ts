/**
 * What the parts of one open Keyturn share: the store, the host's journal, the network, time and chance.
 */
import type { ExchangeCompanion } from './companion.ts'
import type { Clock } from './clock.ts'
import type { Limits, SecretInput } from './contract.ts'
import type { JournalKey } from './journal/frame.ts'
import type { Journal } from './journal/journal.ts'
import type { Notice } from './protocol/event.ts'
import type { Holder } from './protocol/state.ts'
import type { Secret } from './secret.ts'
import type { Store, StoredGrant } from './store/store.ts'
import type { Network } from './wire/network.ts'

export interface Runtime {
  readonly store: Store
  readonly journal: Journal
  readonly journalFolder: string
  readonly journalKey: JournalKey
  readonly holder: Holder
  readonly clock: Clock
  readonly limits: Limits
  readonly net: Network
  /** Hosts that were allowed by name beside Salesforce's and loopback: for login URLs and for instances. */
  readonly allowHosts: readonly string[]
  /** A random UUID. */
  readonly newId: () => string
  /** Tells listeners; called after the commit only. */
  readonly emit: (grant: StoredGrant, notices: readonly Notice[]) => void
  /** Readings that go on after their callers gave up, and commits that are being retried. */
  readonly background: Set<Promise<unknown>>
  /** Aborted by close(). */
  readonly closing: AbortSignal
  /** Other programs that hold the refresh token of a grant, too, and how to lock them out. */
  readonly companions: readonly ExchangeCompanion[]
  /** What a caller gave: the secret itself, or what its reference holds now. */
  readonly resolve: (input: SecretInput) => Promise<Secret>
  /** A secret of a grant: sealed in the store, or a reference resolved now. */
  readonly secretOf: (grant: StoredGrant, name: string) => Promise<Secret | null>
}
