/** The port of a collector: one family of facts, read with as few calls as it takes, paced by the limits of the org. */
import type { Clock } from '@keyturn/tokens'
import type { Asker } from './collectors/asker.ts'
import type { Sources } from './collectors/sources.ts'
import type { AuditPermission } from './collectors/own-permissions.ts'
import type { Facts, Family } from './facts.ts'

export interface Collecting {
  /** Runs calls with bounded concurrency, counts them, and tells progress. */
  readonly ask: Asker
  /** What the auditor's own user may do. */
  readonly own: ReadonlySet<AuditPermission>
  /** What several families are made of, read once. */
  readonly sources: Sources
  /** Another family, if it was chosen too (`not-collected` otherwise); families never wait for each other in a circle. */
  readonly other: <F extends Family>(family: F) => Promise<Facts[F]>
  readonly clock: Clock
  readonly tell: (text: string) => void
  /** Days of logins and audit trail. */
  readonly days: number
  /** Epoch ms: what happens later isn't looked at. */
  readonly now: number
  /** Paths of `facts.settings` that the chosen controls read. */
  readonly settings: readonly string[]
}

/** Never throws for what the org refuses: that is an unknown fact. */
export type Collector<F extends Family = Family> = (collecting: Collecting) => Promise<Facts[F]>
