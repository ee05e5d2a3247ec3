/** A snapshot: the facts of one org at one moment, as a file that can be judged again offline and compared. */
import type { Facts, Family } from './facts.ts'

export const snapshotFormat = 'keyturn-snapshot/1'

export interface Snapshot {
  readonly format: typeof snapshotFormat
  /** Epoch ms. */
  readonly takenAt: number
  readonly org: {
    readonly id: string
    readonly name: string
    readonly sandbox: boolean
    readonly instanceUrl: string
    /** As IANA names it. Absent: not read. */
    readonly timeZone?: string
  }
  /** Whose eyes saw it. */
  readonly auditor: { readonly userId: string; readonly username: string }
  readonly families: readonly Family[]
  readonly facts: Facts
  readonly calls: { readonly total: number; readonly mostAtOnce: number; readonly ms: number }
}
