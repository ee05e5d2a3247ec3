/**
 * What the store knows about one grant, as far as spending its refresh token goes. No secret is in here: a token is
 * named by its lineage. The words are those of ARCHITECTURE.md, "How a refresh token is spent".
 */

/**
 * The keyed fingerprint of a refresh token. It *is* the name of the token (not a counter), so that a removed or
 * restored record can't repeat one, and it changes exactly when the refresh token changes.
 */
export type Lineage = string

/** Who claimed: a process on a host. `host` survives restarts; `process` names one life of one process (see holder.ts). */
export interface Holder {
  readonly host: string
  readonly process: string
}

/** A claimed right to send the refresh token of this lineage once. Times are the store's clock, epoch milliseconds. */
export interface Spend {
  readonly attempt: string
  readonly holder: Holder
  readonly claimedAt: number
  /** After this the holder must not put the first byte on the wire. */
  readonly sendBy: number
  /** After this any process may call the outcome unknown. */
  readonly deadline: number
  /** The unresolved attempt this one repeats; null for a first attempt. `restored` where no attempt is known. */
  readonly replayOf: string | null
}

/** Why, since when and what has to happen before the token may be sent once more. */
export interface Doubt {
  /** The attempt whose outcome is unknown; `restored` when the store itself went back in time. */
  readonly attempt: string
  readonly holder: Holder | null
  readonly since: number
  readonly cause: DoubtCause
  /** When the attempt's holder could neither send nor hear any more; null while it might. */
  readonly finishedAt: number | null
  /** An earlier attempt, finished and unresolved as well, that this attempt repeated. */
  readonly behind: string | null
  /** Replays whose outcome stayed unknown. */
  readonly replays: number
  /** Back-off: no replay before this. */
  readonly notBefore: number
  /** Hosts that must roll their journals forward before anything is sent again (a store that went back). */
  readonly awaiting: readonly string[]
  /** All hosts that have to, each again whenever an answer of the lost time line moved the lineage on. */
  readonly hosts: readonly string[]
  /** What people call them, where that was known: for reading, nothing is decided by it. */
  readonly names?: Readonly<Record<string, string>>
}

export type DoubtCause =
  'no-answer' | 'server-error' | 'unreadable-answer' | 'holder-died' | 'deadline-passed' | 'restored'

/** A way in that spends nothing (JWT bearer, client credentials, another grant) being used to mint an access token. */
interface Mint {
  readonly attempt: string
  readonly spare: string
  readonly holder: Holder
  readonly deadline: number
  /** Same user and app as the refresh token: a replay could take the minted token down. */
  readonly cascade: boolean
}

/** A person (or a job) is authorising this grant anew: claims stop until `deadline`. */
interface Enrolment {
  readonly id: string
  readonly deadline: number
}

interface Breaker {
  /** Young tokens found dead in a row. */
  readonly strikes: number
  /** How often it opened since it was last closed; drives the back-off. */
  readonly trips: number
  /** Open until this moment, then one exchange is let through; null: closed. */
  readonly retryAt: number | null
}

type AccessState = 'none' | 'alive' | 'dead'

type Status = 'live' | 'in-doubt' | 'dead' | 'blocked'

export interface Why {
  /** Machine-readable, e.g. `expired-or-revoked`, `invalid_client`, `ip-restricted`. */
  readonly code: string
  readonly text: string
  readonly at: number
}

export interface GrantState {
  readonly status: Status
  /** null: the grant has no refresh token (JWT bearer, client credentials). */
  readonly lineage: Lineage | null
  /** This lineage was refused once. It is never sent again. */
  readonly refused: boolean
  /** Counts the access tokens callers hold, whoever minted them. 0: none yet. */
  readonly generation: number
  /** The access token of the current generation. */
  readonly access: AccessState
  /** The newest access token bought with the refresh token itself; differs from `access` while a spare serves. */
  readonly ownAccess: AccessState
  /** Who minted the current generation: `refresh` or the name of a spare. */
  readonly source: string | null
  readonly mintedAt: number
  /** An API call succeeded with the current generation. */
  readonly proven: boolean
  readonly spend: Spend | null
  readonly doubt: Doubt | null
  readonly mint: Mint | null
  /** What is known of each spare way in. `untried` counts as one that may work. */
  readonly spares: Readonly<Record<string, 'untried' | 'working' | 'failed'>>
  /** Names of the spares that a replay could take down: same user and app. */
  readonly cascadeSpares: readonly string[]
  readonly enrolment: Enrolment | null
  readonly breaker: Breaker
  readonly why: Why | null
  /** The attempts resolved last, newest first: makes outcomes idempotent where the lineage didn't move. */
  readonly resolved: readonly string[]
  /** A tombstone: outcomes are still recorded, nothing is claimed. Adding the same token again revives the state. */
  readonly removedAt: number | null
}

export interface Spares {
  readonly names: readonly string[]
  readonly cascade: readonly string[]
}

/** A grant before anything happened to it. */
export const newGrant = (lineage: Lineage | null, spares: Spares = { names: [], cascade: [] }): GrantState => ({
  status: 'live',
  lineage,
  refused: false,
  generation: 0,
  access: 'none',
  ownAccess: 'none',
  source: null,
  mintedAt: 0,
  proven: false,
  spend: null,
  doubt: null,
  mint: null,
  spares: Object.fromEntries(spares.names.map((name) => [name, 'untried' as const])),
  cascadeSpares: spares.cascade,
  enrolment: null,
  breaker: { strikes: 0, trips: 0, retryAt: null },
  why: null,
  resolved: [],
  removedAt: null,
})

/** The attempt named by a doubt that no attempt explains: the store is an older copy of itself. */
export const RESTORED = 'restored'

/** Names an attempt behind several replays, all unresolved: that there is one counts, not which. */
export const EARLIER = 'earlier'
