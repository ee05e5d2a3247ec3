/** What a grant died of. */
type Certainty = 'certain' | 'likely' | 'possible'

export interface Evidence {
  /** Epoch milliseconds. */
  readonly at: number
  readonly text: string
  /** Number of the ledger entry; null: Salesforce says so. */
  readonly entry: number | null
}

export interface DeathVerdict {
  /**
   * `own-attempt`: something of ours explains it · `known-cause`: Salesforce ended it, and why is known ·
   * `somebody-else`: nobody here spent the token, so another party did: an alarm · `undetermined`.
   */
  readonly verdict: 'own-attempt' | 'known-cause' | 'somebody-else' | 'undetermined'
  /** Machine-readable: `lost-answer`, `crash`, `restored-copy`, `idle-limit`, `foreign-exchange`, … */
  readonly cause: string
  /** In plain sentences: what, why, and how sure. */
  readonly text: string
  readonly certainty: Certainty
  /** Oldest first. */
  readonly evidence: readonly Evidence[]
  /** What a person does now. */
  readonly next: string
}
