/** Who would be cut off by a restriction, from what was seen: logins, tokens and the broker's callers of N days. */
import type { AppFact, Facts } from '../facts.ts'

/** A workload that goes through the broker: which user and app it acts as, and when it last did. */
export interface SeenCaller {
  readonly name: string
  readonly grant: string
  /** Null: nobody can say. */
  readonly username: string | null
  readonly clientId: string | null
  readonly app: string | null
  /** Of two apps of that name, which; missing or null: nobody can say. */
  readonly appKind?: AppFact['kind'] | null
  readonly last: number | null
}

export interface Evidence {
  readonly facts: Facts
  readonly callers: readonly SeenCaller[]
  /** Who makes the change: nobody locks itself out. */
  readonly self: {
    readonly username: string
    readonly app: string | null
    readonly address: string | null
    /** As its grant signs in; null: not known. */
    readonly flow: 'refresh' | 'jwt-bearer' | 'client-credentials' | null
  }
  /** Epoch ms of what was seen. */
  readonly takenAt: number
  /** Of the org, as IANA names it: login hours are in it. Absent: not known. */
  readonly timeZone?: string
}

export interface CutOff {
  readonly user: string
  readonly app: string | null
  /** As it logged in: flow or LoginType. */
  readonly way: string | null
  readonly client: string | null
  readonly addresses: readonly string[]
  readonly uses: number
  readonly last: number | null
  readonly why: string
}

export interface Impact {
  /** Of the evidence. */
  readonly days: number | null
  readonly cutOff: readonly CutOff[]
  /** They may be, and nobody can tell from what was seen. */
  readonly possible: readonly CutOff[]
  /** What could not be read: with it the list may be longer. Never empty-handed silence. */
  readonly blind: readonly string[]
  /** The account that makes the change is among them: refused, whatever is overridden. */
  readonly locksOutSelf: boolean
}
