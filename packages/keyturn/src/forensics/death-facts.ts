/** What is known of a grant's death: from this store's ledger, and from the org where it could be asked. */
import type { LedgerEntry } from '@keyturn/tokens/ledger'
import type { OrgRecords } from './org-records.ts'

/** A ledger entry without its chain. */
export type Entry = Pick<LedgerEntry, 'seq' | 'at' | 'kind' | 'by' | 'data'>

export interface DeathFacts {
  readonly grant: string
  readonly status: 'live' | 'in-doubt' | 'dead' | 'blocked'
  /** False: it signs in with a key or secret and has no refresh token. */
  readonly hasRefreshToken: boolean
  readonly lineage: string | null
  /** Why it is dead or blocked, as the store has it. */
  readonly why: { readonly code: string; readonly text: string; readonly at: number } | null
  /** The entries of this grant since it was authorised, oldest first. */
  readonly story: readonly Entry[]
  /** Entries since then of other grants of the same org, user and app, with their names. */
  readonly family: readonly (Entry & { readonly grant: string })[]
  /** Entries `old-token-used` since then, of callers that may use this grant. */
  readonly oldTokens: readonly Entry[]
  /** Callers of the broker whose take-over window names this grant, and when it ends. */
  readonly takeOvers: readonly { readonly caller: string; readonly until: number }[]
  /** Backups that were taken since then: copies of this store that somebody may have started. */
  readonly copies: readonly Entry[]
  /** Another program that holds the token, too (`sf:USERNAME`). */
  readonly companion: string | null
  /** False: the ledger is too long to have been read back to the authorisation. */
  readonly whole: boolean
  /** Null: nobody could be asked. */
  readonly org: OrgRecords | null
}
