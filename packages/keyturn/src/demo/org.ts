/** The simulated org as a scenario sees it: its own org, its own faults, its own counters. */
import type { Simulator } from '../sim/load-simulator.ts'

type Control = Simulator['control']
export type SimEvent = ReturnType<Control['log']>[number]
export type Counters = ReturnType<Control['oracle']>['total']
type FaultAction = Parameters<Control['addFault']>[0]['action']

const nothing: Counters = {
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
}

export interface Org {
  readonly name: string
  /** What the oracle counted here. */
  counters(): Counters
  /** What happened here, after so many events. */
  log(after?: number): readonly SimEvent[]
  /** Requests to the token endpoint that spend a refresh token, whatever became of them. */
  tokenRequests(): number
  /** The next refresh, or so many of them, end like this. Returns the fault's id. */
  breakTokenEndpoint(action: FaultAction, count?: number | 'forever'): string
  mend(): void
  /** Waits for the request that the fault holds. */
  held(fault: string): Promise<boolean>
  release(fault: string): void
  /** The API answers 401 to everybody, whatever the token (a misconfigured IP range, say). */
  refuseEverybody(refuse: boolean): void
}

/** How long the token endpoint takes; without it overlapping requests would never overlap. */
const LATENCY = 100

export const APP = 'Web'
export const SPARE_APP = 'Jwt'

export const orgOf = (sim: Simulator, name: string): Org => {
  const { control } = sim
  const log: Org['log'] = (after = 0) => control.log({ after }).filter((event) => event.org === name)
  const tokens = { org: name, endpoint: 'token', grantType: 'refresh_token' }
  const slow = { delayBeforeMs: LATENCY }
  const ordinary = (): void =>
    void control.addFault({ name: `latency of ${name}`, match: tokens, count: 'forever', action: slow })
  ordinary()
  return {
    name,
    counters: () => control.oracle().byOrg[name] ?? nothing,
    log,
    tokenRequests: () =>
      log().filter((event) => event.kind === 'arrived' && event.grantType === 'refresh_token').length,
    breakTokenEndpoint: (action, count = 1) => {
      // The first fault that fits decides.
      control.removeFaults(`latency of ${name}`)
      const { id } = control.addFault({ match: tokens, count, action: { ...slow, ...action } })
      ordinary()
      return id
    },
    mend: () => {
      control.removeFaults()
      ordinary()
    },
    held: async (fault) => (await control.held({ fault, timeoutMs: 15_000 })).length > 0,
    release: (fault) => void control.release(fault),
    refuseEverybody: (refuse) =>
      void control.changeApp({ org: name, app: APP, settings: { uncurable: refuse ? 'always401' : 'no' } }),
  }
}
