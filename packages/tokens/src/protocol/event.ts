/**
 * Everything that can happen to a grant. Events are facts or wishes of a process; `transition` decides what they do.
 */
import type { DoubtCause, GrantState, Holder, Lineage } from './state.ts'

export type ProtocolEvent =
  /** A process wants to send the refresh token it saw at `lineage`, for callers that saw `generation`. */
  | {
      readonly type: 'claim'
      readonly attempt: string
      readonly holder: Holder
      readonly lineage: Lineage
      readonly generation: number
      readonly sendBy: number
      readonly deadline: number
    }
  /** The last resort: send a token once more whose earlier attempt stayed unresolved. */
  | {
      readonly type: 'claim-replay'
      readonly attempt: string
      readonly holder: Holder
      readonly lineage: Lineage
      readonly unresolved: string
      readonly sendBy: number
      readonly deadline: number
    }
  /** The server sold new tokens for `sent`. `next` is null when the answer held no refresh token (rotation off). */
  | {
      readonly type: 'answered'
      readonly attempt: string
      readonly sent: Lineage
      readonly next: Lineage | null
      /** The answer held an access token (half a body may hold only the refresh token). */
      readonly access: boolean
      /** Read from a journal after a restart, not from the wire. */
      readonly rolledForward: boolean
      /** Sold, but not to whom this grant belongs (another org or user): kept, and not handed out. */
      readonly mismatch?: string
      /** What kind of mismatch, when it isn't whose token it is. */
      readonly mismatchCode?: string
    }
  /** "expired access/refresh token": definite. */
  | { readonly type: 'refused'; readonly attempt: string; readonly lineage: Lineage; readonly text: string }
  /** "token request is already being processed": another request with this token (or this app) is under way. */
  | { readonly type: 'busy'; readonly attempt: string; readonly lineage: Lineage }
  /** Any other definite refusal: user, IP, app. The token was not looked at, or is not the reason. */
  | {
      readonly type: 'blocked'
      readonly attempt: string
      readonly lineage: Lineage
      readonly code: string
      readonly text: string
    }
  /** The request certainly never left: refused connection, DNS, TLS handshake, or the check before the first byte. */
  | { readonly type: 'never-left'; readonly attempt: string; readonly lineage: Lineage }
  /** Outcome unknown. The holder may say so at any time, others only with a proof. */
  | {
      readonly type: 'doubted'
      readonly attempt: string
      readonly lineage: Lineage
      readonly cause: DoubtCause
      readonly by: 'holder' | 'other'
      /** Others: the holder's process was proved dead on its own host, after its journal was rolled forward. */
      readonly holderDead: boolean
      /** The holder can neither send nor hear any more (answer read, socket closed, or dead). */
      readonly finished: boolean
      /** Half an answer came, with an access token but not the whole refresh token: what came is kept and served. */
      readonly access?: boolean
    }
  /** The holder of a doubted attempt can neither send nor hear any more. `bet`: nobody proved it, its host is given up. */
  | { readonly type: 'finished'; readonly attempt: string; readonly host: string; readonly bet: boolean }
  /** The API said 401 to this generation. `probe` is what asking Salesforce with that very token showed. */
  | {
      readonly type: 'rejected'
      readonly generation: number
      readonly probe: 'not-made' | 'lives' | 'dead' | 'uncurable'
    }
  /** The API took this generation. */
  | { readonly type: 'worked'; readonly generation: number }
  /** A way in that spends nothing is about to be used. */
  | {
      readonly type: 'mint'
      readonly attempt: string
      readonly holder: Holder
      readonly spare: string
      readonly generation: number
      readonly deadline: number
    }
  | { readonly type: 'minted'; readonly attempt: string; readonly spare: string }
  /** `definite`: Salesforce refused it, or it returned the very token that was just rejected. */
  | {
      readonly type: 'mint-failed'
      readonly attempt: string
      readonly spare: string
      readonly definite: boolean
      readonly text: string
    }
  /** A new authorisation is announced, finished, given up. */
  | { readonly type: 'enrol'; readonly id: string; readonly deadline: number }
  | { readonly type: 'enrolled'; readonly id: string; readonly lineage: Lineage | null }
  | { readonly type: 'enrolment-ended'; readonly id: string }
  | { readonly type: 'remove' }
  | { readonly type: 'revive' }
  /** The store turned out to be an older copy of itself; `hosts` must roll forward first. */
  | { readonly type: 'restored'; readonly hosts: readonly string[]; readonly names?: Readonly<Record<string, string>> }
  /** `lost`: nobody heard of that host; an operator bets that it holds nothing. */
  | { readonly type: 'host-confirmed'; readonly host: string; readonly lost?: boolean }
  /** The spare ways in were changed. What is known of those that stay is kept. */
  | { readonly type: 'spares'; readonly names: readonly string[]; readonly cascade: readonly string[] }
  /** A person removed the cause of a block or wants the breaker to try at once. */
  | { readonly type: 'retry' }

export type EventType = ProtocolEvent['type']

export interface Policy {
  readonly unknownOutcome: 'replay-last' | 'hold'
  /** How long a request can wait in network, proxy or server queue, ms. */
  readonly drain: number
  /** Back-off between replays, ms: doubled per unknown replay up to `replayBackoffMax`. */
  readonly replayBackoff: number
  readonly replayBackoffMax: number
  /** An access token younger than this that is refused is suspicious, ms. */
  readonly breakerWindow: number
  readonly breakerBackoff: number
  readonly breakerBackoffMax: number
}

export const defaultPolicy: Policy = {
  unknownOutcome: 'replay-last',
  drain: 120_000,
  replayBackoff: 60_000,
  replayBackoffMax: 3_600_000,
  breakerWindow: 60_000,
  breakerBackoff: 30_000,
  breakerBackoffMax: 3_600_000,
}

/** Computed by `siblingsOf` (siblings.ts). */
export interface Siblings {
  /** One of them may still have access (live, in doubt or blocked, or its access token lives; not removed). */
  readonly mayLive: boolean
  readonly minting: boolean
  /** A replay of one of them may still reach the server. */
  readonly replaying: boolean
}

/** What else is true in the same transaction. */
export interface Context {
  /** The store's clock, epoch milliseconds. */
  readonly now: number
  readonly policy: Policy
  /** Other grants of the same org, user and app: what a replay here could take down, or a mint there could lose. */
  readonly siblings: Siblings
  /** This app is paced (it once answered "already being processed") and another exchange of it is under way. */
  readonly paced: boolean
}

/** A ledger entry in the making: the store adds grant, time, holder and chain. Never a secret. */
export interface Draft {
  readonly kind: string
  readonly data: { readonly [key: string]: string | number | boolean | null }
}

/** What listeners are told after the commit. */
export type Notice =
  | 'claimed'
  | 'refreshed'
  | 'in-doubt'
  | 'replayed'
  | 'dead'
  | 'blocked'
  | 'reuse-suspected'
  | 'fallback'
  | 'fallback-failed'
  | 'breaker-open'
  | 'breaker-closed'
  | 'enrolled'
  | 'removed'
  | 'restored'
  | 'paced'

export type Transition =
  | {
      readonly applied: true
      readonly state: GrantState
      readonly entries: readonly Draft[]
      readonly notices: readonly Notice[]
    }
  | {
      readonly applied: false
      /** The clause that did not hold, or `already` (idempotent) or `stray` (an answer that belongs nowhere here). */
      readonly reason: string
      readonly state: GrantState
    }
