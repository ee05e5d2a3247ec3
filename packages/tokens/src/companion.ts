/**
 * A program outside Keyturn that holds the same refresh token, as the exchange sees it.
 *
 * Two holders of a one-time-use token are one too many, so this is for one case only: a grant that a person chose to
 * share with the sf CLI. Such a grant names its companion (`sf:USERNAME`) in its public settings, and every exchange of
 * it runs between `begin` and `end`. A process that was not given a companion of that scheme must refuse to exchange
 * (it may serve the access token): without the other program's lock, sending the token would be a race by design.
 *
 * The same mark makes a *move* safe against a crash in the middle: a grant that is marked `moving:…` has no companion
 * anywhere, so it is never spent before the other program's copy is certainly gone (see `import-from-sf.ts`).
 */
import type { Secret } from './secret.ts'

/** The tokens both holders are to have. */
export interface SharedTokens {
  readonly refreshToken: Secret
  readonly accessToken: Secret | null
  readonly instanceUrl: string | null
}

/** The grant as the companion needs it. */
export interface CompanionGrant {
  readonly name: string
  /** The companion's mark in the grant's settings: `SCHEME:TARGET`. */
  readonly companion: string
}

/** The other program is locked out from here until `end`. */
export interface CompanionTurn {
  /** What the other program's storage holds at this moment; null when it holds no refresh token. */
  readonly theirs: SharedTokens | null
  /** Writes our tokens into the other program's storage, durably. Only after our own commit. */
  write(tokens: SharedTokens): Promise<void>
  /** False once the lock was lost (a paused process): nothing may be sent any more. Ask just before the first byte. */
  holds(): boolean
  /** Releases the lock. Never throws. */
  end(): Promise<void>
}

export interface ExchangeCompanion {
  /** The part of the mark before the colon. */
  readonly scheme: string
  /** Locks the other program out. Throws when that can't be had in time: then nothing is sent. */
  begin(grant: CompanionGrant): Promise<CompanionTurn>
}

/** What has to be done before a shared token may be sent, by the fingerprints of the three copies. */
export type Reconciliation =
  /** Both hold the same token: go on. */
  | 'in-step'
  /** We exchanged and died before the write: write ours first, then go on. */
  | 'write-ours'
  /** They exchanged since: take theirs over (an enrolment of their token), then see whether an exchange is still due. */
  | 'adopt-theirs'
  /** Their storage holds no refresh token any more (logged out, or moved elsewhere): stop sharing. */
  | 'theirs-gone'
  /** Both moved on: one of the two tokens is spent and nobody can tell which without spending it. */
  | 'split'

/**
 * Who is ahead. `agreed` is the fingerprint both held when they last met; the token is kept with the grant and renewed after
 * every write and every adoption.
 */
export const reconcile = (copies: {
  readonly ours: string
  readonly theirs: string | null
  readonly agreed: string | null
}): Reconciliation => {
  const { ours, theirs, agreed } = copies
  if (theirs === null) return 'theirs-gone'
  if (theirs === ours) return 'in-step'
  if (theirs === agreed) return 'write-ours'
  if (ours === agreed) return 'adopt-theirs'
  return 'split'
}
