/**
 * The oracle: counters computed from the event log, and from nothing a client says.
 *
 * - exchanges: refresh requests that issued tokens.
 * - rejections: refused token requests, by reason; inFlightRejects are those for overlapping.
 * - reuses: a rotated-out refresh token was presented (copies made by a `duplicate` fault apart: `duplicateReuses`).
 * - reusesWhileAlive: reuses at a moment when something within the reach of the cascade was alive *and had reached the
 *   client*: the current refresh token of the grant (with cascade `user-app`: of any grant of that user and app), or a
 *   living access token. Counted the same in `lenient` mode: a client can't know which server it talks to. Must be 0.
 * - unknownOutcomes: refresh requests after which the client can't know what happened: the connection was cut, dropped,
 *   reset or given up before the whole answer was through, or the answer was not OAuth's (5xx, HTML, 3xx, 429). Copies
 *   made by a fault don't count: no client sent them.
 * - orderedReplays: refresh requests with a token that an earlier request with unknown outcome had carried, those apart
 *   that were refused for overlapping (nothing was spent). Must never exceed unknownOutcomes.
 * - grantsLost: grants ended by a reuse (or by `lockErrorRevokes`), each once.
 * - grantsLostKeepable: those of them whose current refresh token had reached the client when they ended, or none of
 *   whose requests had an unknown outcome; losses that a duplicated delivery caused aside. Must be 0.
 * - orphaned: grants that live, and whose current refresh token never reached the client.
 *
 * A token "has reached the client" when its last byte went out on a living connection (also in half an answer), unless
 * that connection was reset right after, with the answer unread, or a tester declares that it never arrived
 * (`declareUndelivered`: a client killed between reading the answer and writing it down). Tokens handed over by the
 * control plane have arrived.
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
  readonly grantsLost: number
  readonly grantsLostKeepable: number
  readonly orphaned: number
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
  readonly reuses: number
}

export interface Verdict {
  readonly total: Counters
  readonly byOrg: Readonly<Record<string, Counters>>
  /** Keys: org/app. */
  readonly byApp: Readonly<Record<string, Counters>>
  readonly grants: readonly GrantVerdict[]
  /** Fingerprints of the tokens that reached the client. */
  readonly reached: ReadonlySet<string>
}

type Tally = { -readonly [K in keyof Counters]: K extends 'rejections' ? Record<string, number> : number }

const tally = (): Tally => ({
  exchanges: 0,
  rejections: {},
  inFlightRejects: 0,
  reuses: 0,
  duplicateReuses: 0,
  reusesWhileAlive: 0,
  unknownOutcomes: 0,
  orderedReplays: 0,
  grantsLost: 0,
  grantsLostKeepable: 0,
  orphaned: 0,
})

type Arrived = Extract<SimEvent, { kind: 'arrived' }>
type Facts = { -readonly [K in keyof GrantVerdict]: GrantVerdict[K] } & { current: string | null }

const isRefreshGrant = (event: Arrived): boolean =>
  event.grantType === 'refresh_token' || event.grantType === 'hybrid_refresh'

export function judge(events: readonly SimEvent[]): Verdict {
  // What a later reset or a tester says about an answer counts from the start.
  const undone = new Set<number>()
  for (const event of events) if (event.kind === 'undelivered' && event.why !== 'gone') undone.add(event.request)

  const total = tally()
  const byOrg: Record<string, Tally> = {}
  const byApp: Record<string, Tally> = {}
  const requests = new Map<number, Arrived>()
  const reached = new Set<string>()
  const unknown = new Set<number>()
  const doubtful = new Set<string>()
  const replays = new Set<number>()
  const grantOf = new Map<string, string>()
  const grants = new Map<string, Facts>()

  const count = (event: SimEvent, app: string | null, add: (to: Tally) => void): void => {
    add(total)
    add((byOrg[event.org] ??= tally()))
    if (app !== null) add((byApp[`${event.org}/${app}`] ??= tally()))
  }
  const becameUnknown = (event: SimEvent): void => {
    const request = requests.get(event.request)
    if (request === undefined || !isRefreshGrant(request) || request.duplicateOf !== null || unknown.has(event.request))
      return
    unknown.add(event.request)
    if (request.token !== null) doubtful.add(request.token)
    const facts = grants.get(grantOf.get(request.token ?? '') ?? '')
    if (facts !== undefined) facts.unknownOutcomes += 1
    count(event, request.app, (to) => (to.unknownOutcomes += 1))
  }

  for (const event of events) {
    const request = requests.get(event.request)
    const byProxy = request !== undefined && request.duplicateOf !== null
    switch (event.kind) {
      case 'arrived': {
        requests.set(event.request, event)
        if (isRefreshGrant(event) && event.duplicateOf === null && event.token !== null && doubtful.has(event.token)) {
          replays.add(event.request)
          count(event, event.app, (to) => (to.orderedReplays += 1))
        }
        break
      }
      case 'issued': {
        if (event.grant !== null && event.refreshToken !== null) {
          grantOf.set(event.refreshToken, event.grant)
          const known = grants.get(event.grant)
          if (known === undefined) {
            grants.set(event.grant, {
              org: event.org,
              grant: event.grant,
              app: event.app,
              user: event.user,
              live: true,
              cause: null,
              delivered: false,
              exchanges: 0,
              unknownOutcomes: 0,
              reuses: 0,
              current: event.refreshToken,
            })
          } else known.current = event.refreshToken
        }
        if (event.request === 0)
          for (const token of [event.refreshToken, event.accessToken]) if (token !== null) reached.add(token)
        if (request !== undefined && isRefreshGrant(request)) {
          const facts = grants.get(event.grant ?? '')
          if (facts !== undefined) facts.exchanges += 1
          count(event, event.app, (to) => (to.exchanges += 1))
        }
        break
      }
      case 'refused': {
        if (request?.endpoint !== 'token') break
        count(event, request.app, (to) => {
          to.rejections[event.reason] = (to.rejections[event.reason] ?? 0) + 1
          if (event.reason !== 'in-flight') return
          to.inFlightRejects += 1
          if (replays.has(event.request)) to.orderedReplays -= 1
        })
        break
      }
      case 'reuse': {
        const alive = [...event.atRisk.refreshTokens, ...event.atRisk.accessTokens].some((token) => reached.has(token))
        const facts = grants.get(event.grant)
        if (facts !== undefined && !byProxy) facts.reuses += 1
        count(event, event.app, (to) => {
          if (byProxy) to.duplicateReuses += 1
          else {
            to.reuses += 1
            if (alive) to.reusesWhileAlive += 1
          }
        })
        break
      }
      case 'killed': {
        const facts = grants.get(event.grant)
        if (facts === undefined || !facts.live) break
        facts.live = false
        facts.cause = event.cause
        if (event.cause !== 'reuse' && event.cause !== 'lock-error') break
        const kept = facts.current !== null && reached.has(facts.current)
        const keepable = !byProxy && (kept || facts.unknownOutcomes === 0)
        count(event, event.app, (to) => {
          to.grantsLost += 1
          if (keepable) to.grantsLostKeepable += 1
        })
        break
      }
      case 'sent': {
        if (undone.has(event.request)) break
        for (const token of [event.refreshToken, event.accessToken]) if (token !== null) reached.add(token)
        break
      }
      case 'answered': {
        if (!event.definite || undone.has(event.request)) becameUnknown(event)
        break
      }
      case 'undelivered': {
        becameUnknown(event)
        break
      }
      default:
    }
  }

  for (const facts of grants.values()) {
    facts.delivered = facts.current !== null && reached.has(facts.current)
    if (!facts.live || facts.delivered) continue
    for (const to of [total, byOrg[facts.org], byApp[`${facts.org}/${facts.app ?? ''}`]])
      if (to !== undefined) to.orphaned += 1
  }
  return {
    total,
    byOrg,
    byApp,
    grants: [...grants.values()].map(({ current: _current, ...verdict }) => verdict),
    reached,
  }
}
