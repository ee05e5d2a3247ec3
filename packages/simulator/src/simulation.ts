/** Everything one simulator consists of, for those who serve requests and those who control it. */
import type { Route, SimRequest } from './route.ts'
import type { SimClock } from './clock.ts'
import type { FaultQueue } from './faults/queue.ts'
import type { Holds } from './faults/holds.ts'
import type { Locks } from './oauth/locks.ts'
import type { EventLog } from './oracle/log.ts'
import type { Org } from './state/org.ts'

export interface Simulation {
  readonly seed: string
  readonly clock: SimClock
  readonly orgs: readonly Org[]
  readonly log: EventLog
  readonly faults: FaultQueue
  readonly holds: Holds
  readonly locks: Locks
  readonly dataRoutes: readonly Route[]
  /** Which org a request on its way is for. */
  readonly orgOf: WeakMap<SimRequest, Org>
}
