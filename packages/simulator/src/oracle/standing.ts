/**
 * What the judge knows after the events it has seen: counters, and of each token and request what a later event may
 * still be about. Plain values, so that a standing can be copied, saved, and gone on from.
 */
import type { SimEvent } from './events.ts'

export interface Counters {
  readonly exchanges: number
  readonly rejections: Readonly<Record<string, number>>
  readonly inFlightRejects: number
  readonly reuses: number
  readonly duplicateReuses: number
  readonly reusesWhileAlive: number
  readonly unknownOutcomes: number
  readonly orderedReplays: number
  readonly surplusReplays: number
  readonly grantsLost: number
  readonly grantsLostKeepable: number
  readonly orphaned: number
  readonly ended: Readonly<Record<string, number>>
}

export interface GrantVerdict {
  readonly org: string
  readonly grant: string
  readonly app: string | null
  readonly user: string
  readonly live: boolean
  readonly cause: string | null
  /** The current refresh token (the last one, where the grant is over) reached the client. */
  readonly delivered: boolean
  readonly exchanges: number
  readonly unknownOutcomes: number
  readonly orderedReplays: number
  readonly reuses: number
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }
export type Tally = { -readonly [K in keyof Counters]: Counters[K] extends number ? number : Record<string, number> }
type Facts = Writable<GrantVerdict> & { current: string | null }
export type Arrived = Extract<SimEvent, { kind: 'arrived' }>

/** Tokens whose answer is still on its way, and what was done meanwhile that is wrong if they arrive. */
interface OnItsWay {
  readonly tokens: string[]
  readonly regrets: {
    /** Number of the event. */
    readonly n: number
    readonly kind: 'reuse' | 'loss'
    readonly org: string
    readonly app: string | null
  }[]
}

export interface Standing {
  /** Number of the last event in it. */
  upTo: number
  /** The highest number of a request in it. */
  requestsUpTo: number
  readonly total: Tally
  readonly byOrg: Map<string, Tally>
  /** Keys: org/app. */
  readonly byApp: Map<string, Tally>
  readonly requests: Map<number, Arrived>
  readonly onItsWay: Map<number, OnItsWay>
  /** Fingerprints of tokens that reached the client. */
  readonly reached: Set<string>
  /** Requests whose outcome is unknown. */
  readonly unknown: Set<number>
  /** Refresh tokens that requests with unknown outcome carried. */
  readonly doubts: Map<string, { unknown: number; replays: number }>
  /** Requests that are replays; true: one too many. */
  readonly replays: Map<number, boolean>
  readonly grantOf: Map<string, string>
  readonly grants: Map<string, Facts>
}

export const tally = (): Tally => ({
  exchanges: 0,
  rejections: {},
  inFlightRejects: 0,
  reuses: 0,
  duplicateReuses: 0,
  reusesWhileAlive: 0,
  unknownOutcomes: 0,
  orderedReplays: 0,
  surplusReplays: 0,
  grantsLost: 0,
  grantsLostKeepable: 0,
  orphaned: 0,
  ended: {},
})

export const nothingSeen = (): Standing => ({
  upTo: 0,
  requestsUpTo: 0,
  total: tally(),
  byOrg: new Map(),
  byApp: new Map(),
  requests: new Map(),
  onItsWay: new Map(),
  reached: new Set(),
  unknown: new Set(),
  doubts: new Map(),
  replays: new Map(),
  grantOf: new Map(),
  grants: new Map(),
})

/** JSON with maps and sets in it. */
export const standingText = (standing: Standing): string =>
  JSON.stringify(standing, (_name, value: unknown) =>
    value instanceof Map ? { map: [...value] } : value instanceof Set ? { set: [...value] } : value,
  )

export const standingFrom = (text: string): Standing =>
  JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value
    if (Object.hasOwn(value, 'map')) return new Map((value as { readonly map: [unknown, unknown][] }).map)
    return Object.hasOwn(value, 'set') ? new Set((value as { readonly set: unknown[] }).set) : value
  }) as Standing
