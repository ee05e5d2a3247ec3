/**
 * The port between the protocol and a database.
 *
 * One writer at a time, in both dialects: `apply` opens a transaction that excludes every other writer of this store
 * (SQLite: BEGIN IMMEDIATE; PostgreSQL: a lock on the ledger's head row), reads the grant and its siblings, runs the
 * pure `transition` on what it read, writes state, secrets and ledger entries together and commits durably. So the
 * function the explorer explores is the function the stores execute, and the ledger's chain follows the truth.
 */
import type { KeyturnError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Clock } from '../clock.ts'
import type { GrantState, Holder, Lineage, Spares } from '../protocol/state.ts'
import type { Context, Notice, Policy, ProtocolEvent } from '../protocol/event.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import type { Records } from './record.ts'

/** Whose token it is. Learned in the first exchange when a bare token is imported; hosts canonicalised. */
export interface Identity {
  readonly orgId: string
  readonly userId: string
}

/** The access token of the current generation, as callers get it. */
export interface AccessDetails {
  readonly instanceUrl: string
  /** Epoch milliseconds, Salesforce's `issued_at`. */
  readonly issuedAt: number
  readonly scope: string | null
  /** `opaque` or `jwt`. */
  readonly format: string
}

/** What the process that knows this org has learned about session life, ms; null: nothing yet. */
interface Learned {
  /** The org's, profile's or app's session time-out as read or configured. */
  readonly sessionTimeout: number | null
  /** The youngest age at which an otherwise healthy token was found dead. */
  readonly observedLife: number | null
}

/** Public settings of a grant: nothing in here is secret (secrets may be *references* only: env:, file:, command:). */
export interface GrantSettings {
  readonly flow: 'refresh_token' | 'jwt_bearer' | 'client_credentials'
  readonly loginUrl: string
  readonly clientId: string
  readonly username: string | null
  readonly scope: string | null
  readonly audience: string | null
  /** Spare ways in, tried in order. */
  readonly fallback: readonly FallbackSettings[]
  readonly policy: Policy
  /** Idle keep-alive: exchange at the latest after this many ms without one; null: never. */
  readonly keepAlive: number | null
  /** References of secrets that are resolved at use instead of being kept here, by the names of `GrantSecrets`. */
  readonly references: Readonly<Record<string, string>>
  /** The client before the last change, until that is settled: see `grants.changeClient`. Its secrets: `former:…`. */
  readonly former?: FormerClient | null
}

export interface FormerClient {
  readonly clientId: string
  /** The refresh token was refused by the new client and is spent by this one again. */
  readonly swapped: boolean
}

export interface FallbackSettings {
  readonly name: string
  readonly flow: 'jwt_bearer' | 'client_credentials' | 'grant'
  readonly clientId: string | null
  readonly username: string | null
  readonly loginUrl: string | null
  readonly audience: string | null
  /** flow `grant`: the name of another grant in this store. */
  readonly grant: string | null
  /** May return another user's token. */
  readonly otherUser: boolean
}

/** Names of secrets kept sealed: refreshToken, accessToken, clientSecret, privateKey, `fallback:NAME:clientSecret`, … */
export type GrantSecrets = Readonly<Record<string, Secret>>

export interface StoredGrant {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly identity: Identity | null
  readonly settings: GrantSettings
  readonly state: GrantState
  readonly access: AccessDetails | null
  readonly learned: Learned
  /** The store's clock at the last successful exchange; 0: never. */
  readonly exchangedAt: number
}

/** What a change brings along. Stored only when the transition applies; `undefined` leaves a value as it is. */
export interface Puts {
  /** A new name (`change` only makes sense of it where no event does). */
  readonly name?: string
  readonly secrets?: GrantSecrets
  readonly access?: AccessDetails
  readonly identity?: Identity
  readonly learned?: Learned
  readonly settings?: GrantSettings
  /** Names of secrets that are deleted. */
  readonly forget?: readonly string[]
}

export interface Applied {
  readonly applied: boolean
  /** Why not, when it did not apply (a clause's name, `already`, `stray`, `gone`). */
  readonly reason: string | null
  readonly grant: StoredGrant
  readonly notices: readonly Notice[]
  /** The head of the ledger after the commit: the store's high-water mark. */
  readonly mark: Mark
}

/** A position of the ledger: the store's high-water mark, kept outside the store as well (rule 12). */
export interface Mark {
  readonly epoch: number
  readonly seq: number
  /** Hex hash of the entry at `seq`. */
  readonly hash: string
}

export interface NewGrant {
  readonly name: string
  readonly settings: GrantSettings
  readonly identity: Identity | null
  readonly spares: Spares
  readonly secrets: GrantSecrets
}

interface HostRow {
  readonly host: string
  /** What people call it, as it said itself; null: it never did, or somebody altered it. */
  readonly name: string | null
  readonly seenAt: number
  /** The newest epoch this host has rolled its journal forward in. */
  readonly confirmedEpoch: number
  readonly lostAt: number | null
}

/** An answer that belongs to no record any more: kept sealed, listed, revoked only when nothing lies in its cascade. */
interface Orphan {
  readonly id: string
  readonly grantId: string
  readonly attempt: string
  readonly at: number
  readonly revokedAt: number | null
}

export interface StoreOptions {
  readonly clock: Clock
  /** 32 bytes. */
  readonly masterKey: Secret | Uint8Array
  readonly holder: Holder
  /** SQLite: allow a network file system; PostgreSQL: migrate a shared database. */
  readonly force?: boolean
  readonly migrate?: boolean
}

export interface Verified {
  readonly grants: number
  readonly secrets: number
  readonly records: number
  readonly entries: number
}

export interface Store {
  /** Random id of this store, the same for every process that uses it. */
  readonly id: string
  readonly kind: 'sqlite' | 'postgres'

  /** The store's clock, epoch milliseconds: the database's (PostgreSQL) or boot time on a fixed base (SQLite). */
  now(): Promise<number>
  /** The keyed fingerprint of a refresh token. The key is the store's own and survives a change of the master key. */
  lineageOf(refreshToken: Secret): Lineage

  /** 32 bytes for another use of this store's secret root; survives a change of the master key. */
  deriveKey(purpose: string): Uint8Array

  /** A cheap number that changes whenever anything was committed by anybody: the cache's validity. Sync on SQLite. */
  version(): number | string | Promise<number | string>

  grant(name: string): Promise<StoredGrant | null>
  grantById(id: string): Promise<StoredGrant | null>
  /** With `altered` a row that was altered outside is told and left out, so that one grant can't hold up the others. */
  grants(options?: {
    readonly removed?: boolean
    readonly altered?: (error: KeyturnError) => void
  }): Promise<readonly StoredGrant[]>
  /** Opens one sealed secret. Throws STORE_TAMPERED when the row's identity or bytes were changed, KEY_WRONG. */
  secret(grantId: string, name: string): Promise<Secret | null>
  /** A grant with some of its secrets, all of one moment: so an access token and its generation belong together. */
  snapshot(
    grantId: string,
    names: readonly string[],
  ): Promise<{ readonly grant: StoredGrant; readonly secrets: GrantSecrets } | null>

  /**
   * Adds a grant (ledger: `added`). A tombstone that holds the same refresh token is revived instead, in its state.
   * Throws GRANT_EXISTS, TOKEN_HELD_ELSEWHERE.
   */
  add(grant: NewGrant): Promise<StoredGrant>
  /**
   * Runs an event through the protocol, durably. Throws STORE_* when it could not; then nothing was changed. Several
   * events run in order in one transaction, each on what the one before left; one that does not apply changes nothing.
   * The result is the last one's, the notices are those of all.
   */
  apply(grantId: string, event: ProtocolEvent | readonly ProtocolEvent[], puts?: Puts): Promise<Applied>
  /** The read-only checks before the first byte, on fresh data: see protocol `mayStillSend`, `mayExchangeCode`. */
  look(grantId: string): Promise<{ readonly grant: StoredGrant; readonly context: Context }>
  /**
   * Changes that are no protocol event (settings, learned, rename), ledgered as `kind`. Where `only` says no of what is
   * there at that moment, nothing is changed.
   */
  change(grantId: string, kind: string, puts: Puts, only?: (grant: StoredGrant) => boolean): Promise<StoredGrant>

  /** App pacing: set once Salesforce answered "already being processed" for this client id. */
  pace(clientId: string): Promise<void>

  hosts(): Promise<readonly HostRow[]>
  /** Notes this host as known, by what people call it; `confirmed` after its journal was rolled forward in the current epoch. */
  greet(host: string, confirmed: boolean, name?: string): Promise<void>
  loseHost(host: string): Promise<void>
  keepOrphan(grantId: string, attempt: string, secrets: GrantSecrets): Promise<void>
  orphans(): Promise<readonly Orphan[]>
  orphanSecret(id: string): Promise<Secret>
  orphanRevoked(id: string): Promise<void>

  /** Documents of other capabilities. */
  readonly records: Records

  /** The ledger's head. */
  mark(): Promise<Mark>
  /** True when this store's ledger holds the entry of that mark: the store did not go back behind it. */
  contains(mark: Mark): Promise<boolean>
  /** Starts a new epoch after the store went back: every refresh-token grant becomes in doubt (restored).
   * The new epoch is higher than `atLeast`, the epoch of a mark that was kept outside of the store. */
  wentBack(reason: string, atLeast?: number): Promise<void>

  ledger(from: number, limit: number): Promise<readonly LedgerEntry[]>
  /** Appends an entry that belongs to no transition (export, backup, doctor's findings). */
  note(
    kind: string,
    grantId: string | null,
    data: { readonly [key: string]: string | number | boolean | null },
  ): Promise<LedgerEntry>

  /** The ledger's head, signed: a note to keep elsewhere, and the key to verify it with (docs/formats/ledger.md). */
  checkpoint(): Promise<{ readonly note: string; readonly verifyingKey: string }>
  verifyingKey(): Promise<string>

  /** Looks at everything: each row's mark, each seal, the whole ledger. Throws STORE_TAMPERED or LEDGER_BROKEN. */
  verify(): Promise<Verified>

  /** Wakes when something was committed by another process (SQLite: polling; PostgreSQL: LISTEN), or after `ms`. */
  changed(ms: number): Promise<void>
  close(): Promise<void>
}
