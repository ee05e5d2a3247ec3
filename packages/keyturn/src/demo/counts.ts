/** The numbers of one client in one scenario, counted by the server: from the simulator's log and its oracle. */
import type { Counters, Org, SimEvent } from './org.ts'

export interface Numbers {
  readonly callsOk: number
  readonly callsFailed: number
  readonly exchanges: number
  readonly reuses: number
  /** API calls still succeed at the end, by some way in. */
  readonly alive: boolean
}

export interface Seen extends Numbers {
  readonly counters: Counters
  /** What callers were told the last time, where it wasn't `ok`. */
  readonly told: readonly string[]
  /** What the scenario demanded and did not get. */
  readonly problems: readonly string[]
}

/** Calls that the API answered with 200. A call that was refused, cured and repeated is one. */
export const callsServed = (events: readonly SimEvent[]): number => {
  const calls = new Set<number>()
  let served = 0
  for (const event of events) {
    if (event.kind === 'arrived' && event.endpoint === 'data' && event.path.endsWith('/limits'))
      calls.add(event.request)
    if (event.kind === 'answered' && event.status === 200 && calls.has(event.request)) served += 1
  }
  return served
}

export const numbersOf = (
  org: Org,
  calls: { readonly asked: number; readonly served: number },
  alive: boolean,
): Numbers & { readonly counters: Counters } => {
  const counters = org.counters()
  return {
    callsOk: calls.served,
    callsFailed: Math.max(0, calls.asked - calls.served),
    exchanges: counters.exchanges,
    reuses: counters.reuses,
    alive,
    counters,
  }
}
