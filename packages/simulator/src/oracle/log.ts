/**
 * The event log: append-only, and bounded. Events beyond the limit are forgotten, oldest first, after the judge has
 * taken them in: its counters stay what they would be, only the lines are gone. What is said of a forgotten request
 * afterwards (a connection reset long after its answer) is not heard any more.
 */
import type { SimEvent, SimEventBody } from './events.ts'
import { consider, forgetFinished, undoneBy } from './judge.ts'
import { nothingSeen } from './standing.ts'
import type { Standing } from './standing.ts'

export interface EventLog {
  record(org: string, request: number, event: SimEventBody): void
  /** The events that are still there, oldest first. */
  all(): readonly SimEvent[]
  /** What the judge knows of the events before those. */
  past(): Standing
  nextRequest(): number
  replace(events: readonly SimEvent[], past: Standing): void
}

export function createEventLog(options: {
  readonly now: () => number
  /** How many events stay at least; what is older lives on in the judge's standing only. */
  readonly limit: number
  readonly keep: (event: SimEvent) => void
  readonly forget: (past: Standing) => void
}): EventLog {
  const { limit } = options
  let events: SimEvent[] = []
  let past = nothingSeen()
  let last = 0
  let requests = 0
  // In one go every so often: to forget is cheap by the event, and dear by the call.
  const slack = Math.max(1000, Math.floor(limit / 4))
  const makeRoom = (): void => {
    const old = events.slice(0, events.length - limit)
    const undone = undoneBy(events)
    for (const event of old) consider(past, event, undone)
    forgetFinished(past, old)
    events = events.slice(old.length)
    options.forget(past)
  }
  return {
    record: (org, request, body) => {
      const event: SimEvent = { ...body, n: ++last, at: options.now(), org, request }
      events.push(event)
      options.keep(event)
      if (events.length > limit + slack) makeRoom()
    },
    all: () => events,
    past: () => past,
    nextRequest: () => ++requests,
    replace: (fresh, before) => {
      past = before
      events = fresh.filter((event) => event.n > before.upTo)
      last = events.at(-1)?.n ?? before.upTo
      requests = events.reduce(
        (highest, event) => Math.max(highest, event.request),
        Math.max(requests, before.requestsUpTo),
      )
    },
  }
}
