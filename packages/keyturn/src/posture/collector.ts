/** The port of a collector: one family of facts, read with as few calls as it takes, paced by the limits of the org. */
import type { Clock } from '@keyturn/tokens'
import type { OrgConnection } from '../org/connection.ts'
import type { Facts, Family } from './facts.ts'

export interface Collecting {
  readonly org: OrgConnection
  readonly clock: Clock
  /** Runs calls with bounded concurrency, counts them, and tells progress. */
  readonly call: <T>(what: string, work: () => Promise<T>) => Promise<T>
  readonly tell: (text: string) => void
  /** Days of logins and audit trail. */
  readonly days: number
}

export interface Collector<F extends Family = Family> {
  readonly family: F
  /** Permissions it needs to know everything, for `--preflight` and the shipped permission set. */
  readonly permissions: readonly string[]
  /** Never throws for what the org refuses: that is an unknown fact. */
  collect(collecting: Collecting): Promise<Facts[F]>
}
