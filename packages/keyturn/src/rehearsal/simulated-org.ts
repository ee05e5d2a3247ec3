/**
 * The simulated org as a phase of the rehearsal sees it: it can end sessions, hold requests, spoil answers, and tell
 * what arrived. The simulator itself is handed in: this folder knows only the part of it that is named here.
 */

/** One thing that happened at the server. Tokens appear as fingerprints. */
export interface SimEvent {
  readonly n: number
  readonly at: number
  readonly org: string
  readonly request: number
  readonly kind: string
  readonly method?: string
  readonly path?: string
  readonly endpoint?: string
  readonly grantType?: string | null
  readonly token?: string | null
  readonly refreshToken?: string | null
  readonly accessToken?: string | null
  readonly rotated?: string | null
  readonly app?: string | null
  readonly reason?: string
  readonly status?: number
  readonly definite?: boolean
}

interface FaultAction {
  readonly delayBeforeMs?: number
  readonly holdBefore?: boolean
  readonly holdAfter?: boolean
  readonly drop?: 'before' | 'after'
}

export interface SimulatedOrgs {
  readonly certificate?: string
  readonly orgs: readonly {
    readonly name: string
    readonly apps: readonly { readonly name: string; readonly clientId: string; readonly privateKey: string | null }[]
    readonly users: readonly { readonly username: string; readonly password: string; readonly securityToken: string }[]
  }[]
  readonly control: {
    grant(of: { readonly org: string; readonly user: string; readonly app: string }): {
      readonly org: string
      readonly grant: string
      readonly instanceUrl: string
      readonly accessToken: string
      readonly refreshToken: string
      readonly userId: string
      readonly username: string
      readonly clientId: string
      readonly clientSecret: string
    }
    revokeGrant(of: { readonly org: string; readonly grant: string }): void
    expireAccessTokens(of: { readonly org: string }): number
    changeApp(of: {
      readonly org: string
      readonly app: string
      readonly settings: { readonly reuse?: 'documented' | 'lenient'; readonly uncurable?: 'no' | 'always401' }
    }): unknown
    addFault(spec: {
      readonly name: string
      readonly match: {
        readonly org: string
        readonly endpoint: string
        readonly path?: string
        readonly grantType?: string
      }
      readonly skip?: number
      readonly count: number | 'forever'
      readonly action: FaultAction
    }): unknown
    removeFaults(which: string): number
    held(of: {
      readonly fault: string
      readonly count: number
      readonly timeoutMs: number
    }): Promise<readonly { readonly request: number }[]>
    release(which: string): number
    log(of: { readonly after: number }): readonly SimEvent[]
    secrets(): readonly string[]
  }
  close(): Promise<void>
}

export type StartOrgs = (options: {
  readonly seed: string
  readonly https: boolean
  readonly orgs: readonly { readonly name: string }[]
}) => Promise<SimulatedOrgs>

export const APP = 'Web'
export const SPARE_APP = 'Jwt'

export interface Gate {
  /** Waits until so many requests are held; resolves with those that are when time is up. */
  filled(count: number, limit: number): Promise<readonly number[]>
  /** Lets those that are held go, and whoever comes. */
  open(): void
}

export interface RehearsalOrg {
  readonly name: string
  log(after?: number): readonly SimEvent[]
  /** Ends every session, as their time-out would. */
  expire(): void
  /** Ends the grant, as an administrator would. */
  revoke(): void
  /** From now on the API answers 401 whatever the token (an IP range, a scope, a policy). */
  refuseEverybody(): void
  /** Holds API calls before they are judged, from the one after `skip` on. */
  holdCalls(skip?: number): Gate
  /** Holds the next refresh after it was carried out, before a byte of its answer. */
  holdAnswer(): Gate
  /** Carries the next refresh out and drops the connection instead of answering. */
  loseAnswer(): void
  /** How long an API call takes: so that those under way at once can be seen to be. */
  slowCalls(ms: number): void
  /** How long the token endpoint takes; without it overlapping requests would never overlap. */
  latency(ms: number): void
}

/** Calls that need a session; the list of API versions does not. */
const apiPath = String.raw`^/services/data/v[\d.]+/.`
const LATENCY = 150

export const rehearsalOrg = (sim: SimulatedOrgs, name: string, grant: string): RehearsalOrg => {
  const { control } = sim
  const tokens = { org: name, endpoint: 'token', grantType: 'refresh_token' }
  let delayBeforeMs = LATENCY
  let gates = 0
  const ordinary = `latency of ${name}`
  const slow = (): void => {
    control.removeFaults(ordinary)
    control.addFault({ name: ordinary, match: tokens, count: 'forever', action: { delayBeforeMs } })
  }
  // The first fault that fits decides, so the ordinary one always comes last.
  const spoil = (action: FaultAction): string => {
    const fault = `${name} ${++gates}`
    control.addFault({ name: fault, match: tokens, count: 1, action: { delayBeforeMs, ...action } })
    slow()
    return fault
  }
  const gateOn = (fault: string): Gate => ({
    filled: async (count, timeoutMs) => (await control.held({ fault, count, timeoutMs })).map(({ request }) => request),
    open: () => {
      control.removeFaults(fault)
      control.release(fault)
    },
  })
  slow()
  return {
    name,
    log: (after = 0) => control.log({ after }).filter((event) => event.org === name),
    expire: () => void control.expireAccessTokens({ org: name }),
    revoke: () => control.revokeGrant({ org: name, grant }),
    refuseEverybody: () => void control.changeApp({ org: name, app: APP, settings: { uncurable: 'always401' } }),
    holdCalls: (skip = 0) => {
      const fault = `${name} ${++gates}`
      const match = { org: name, endpoint: 'data', path: apiPath }
      control.addFault({ name: fault, match, skip, count: 'forever', action: { holdBefore: true } })
      return gateOn(fault)
    },
    holdAnswer: () => gateOn(spoil({ holdAfter: true })),
    loseAnswer: () => void spoil({ drop: 'after' }),
    slowCalls: (ms) => {
      const match = { org: name, endpoint: 'data', path: apiPath }
      control.addFault({ name: `calls of ${name}`, match, count: 'forever', action: { delayBeforeMs: ms } })
    },
    latency: (ms) => {
      delayBeforeMs = ms
      slow()
    },
  }
}
