/**
 * The oracle: counters computed from the event log, and from nothing a client says.
 *
 * - exchanges: refresh requests that issued tokens.
 * - rejections: refused token requests, by reason; inFlightRejects are those for overlapping.
 * - reuses: a rotated-out refresh token was presented (copies made by a `duplicate` fault apart: `duplicateReuses`).
 * - reusesWhileAlive: reuses at a moment when something within the reach of the cascade was alive *and had reached the
 *   client*, or was on its way to it and did reach it: the current refresh token of the grant (with cascade `user-app`:
 *   of any grant of that user and app), or an access token that the API would have taken. Counted the same in `lenient`
 *   mode: a client can't know which server it talks to. Must be 0.
 * - unknownOutcomes: refresh requests after which the client can't know what happened: the connection was cut, dropped,
 *   reset or given up before the whole answer was through, or the answer was not OAuth's (5xx, HTML, 3xx, 429). Copies
 *   made by a fault don't count: no client sent them.
 * - orderedReplays: refresh requests with a token that an earlier request with unknown outcome had carried, those apart
 *   that were refused for overlapping (nothing was spent). A refusal that shows the token to be unspent (the user, the
 *   address, the app) ends the doubt. Must never exceed unknownOutcomes; surplusReplays are those that do, token by
 *   token, so that one client's patience doesn't hide another's haste. Must be 0.
 * - grantsLost: grants ended by a reuse (or by `lockErrorRevokes`), each once.
 * - grantsLostKeepable: those of them whose current refresh token had reached the client when they ended, or was on its
 *   way and did; losses that a duplicated delivery caused aside. Must be 0.
 * - orphaned: grants that live, and whose current refresh token never reached the client.
 * - ended: grants that are over, by cause: what a client loses by other ways than a reuse shows here (`idle`: it did not
 *   use a grant it had for too long; `evicted`: it approved too often; `revoked`: it gave it back).
 *
 * A token "has reached the client" when its last byte went out on a living connection (also in half an answer), unless
 * that connection was reset right after, with the answer unread, or a tester declares that it never arrived
 * (`declareUndelivered`: a client killed between reading the answer and writing it down). Tokens handed over by the
 * control plane have arrived.
 *
 * What no server can see: a client that keeps an answer and never uses it, and one that gives up a grant that lives.
 */
import type { SimEvent } from './events.ts'
import { tally } from './standing.ts'
import type { Arrived, Counters, GrantVerdict, Standing, Tally } from './standing.ts'

export type { Counters, GrantVerdict } from './standing.ts'

export interface Verdict {
  readonly total: Counters
  readonly byOrg: Readonly<Record<string, Counters>>
  /** Keys: org/app. */
  readonly byApp: Readonly<Record<string, Counters>>
  readonly grants: readonly GrantVerdict[]
  /** Fingerprints of the tokens that reached the client. */
  readonly reached: ReadonlySet<string>
}

/** Refusals that an org gives only for a token that it would have taken: whatever was sent before, it is unspent. */
const unspent: ReadonlySet<string> = new Set(['inactive-user', 'inactive-org', 'ip-restricted', 'not-admin-approved'])

const isRefreshGrant = (event: Arrived): boolean =>
  event.grantType === 'refresh_token' || event.grantType === 'hybrid_refresh'

/** Requests whose answer was taken back: a later reset, or what a tester says, counts from the start. */
export const undoneBy = (events: readonly SimEvent[]): ReadonlySet<number> => {
  const undone = new Set<number>()
  for (const event of events) if (event.kind === 'undelivered' && event.why !== 'gone') undone.add(event.request)
  return undone
}

export function verdictOf(past: Standing, events: readonly SimEvent[]): Verdict {
  const standing = structuredClone(past)
  const undone = undoneBy(events)
  for (const event of events) consider(standing, event, undone)
  const { total, byOrg, byApp, grants, reached } = standing
  for (const facts of grants.values()) {
    facts.delivered = facts.current !== null && reached.has(facts.current)
    if (!facts.live || facts.delivered) continue
    for (const to of [total, byOrg.get(facts.org), byApp.get(`${facts.org}/${facts.app ?? ''}`)])
      if (to !== undefined) to.orphaned += 1
  }
  return {
    total,
    byOrg: Object.fromEntries(byOrg),
    byApp: Object.fromEntries(byApp),
    grants: [...grants.values()].map(({ current: _current, ...verdict }) => verdict),
    reached,
  }
}

function count(
  standing: Standing,
  of: { readonly org: string; readonly app: string | null },
  add: (to: Tally) => void,
) {
  const within = (tallies: Map<string, Tally>, key: string): Tally => {
    const known = tallies.get(key) ?? tally()
    tallies.set(key, known)
    return known
  }
  add(standing.total)
  add(within(standing.byOrg, of.org))
  if (of.app !== null) add(within(standing.byApp, `${of.org}/${of.app}`))
}

/** What happens to a standing by one event. */
export function consider(standing: Standing, event: SimEvent, undone: ReadonlySet<number>): void {
  const { requests, reached, grants, onItsWay } = standing
  standing.upTo = event.n
  standing.requestsUpTo = Math.max(standing.requestsUpTo, event.request)
  const request = requests.get(event.request)
  const byProxy = request !== undefined && request.duplicateOf !== null
  switch (event.kind) {
    case 'arrived': {
      requests.set(event.request, event)
      if (isRefreshGrant(event) && event.duplicateOf === null) considerReplay(standing, event)
      break
    }
    case 'issued': {
      const tokens = [event.refreshToken, event.accessToken].filter((token) => token !== null)
      if (event.request === 0) for (const token of tokens) reached.add(token)
      else onItsWay.set(event.request, { tokens, regrets: [] })
      if (event.grant !== null && event.refreshToken !== null) succeed(standing, event, event.grant, event.refreshToken)
      if (request === undefined || !isRefreshGrant(request)) break
      const facts = grants.get(event.grant ?? '')
      if (facts !== undefined) facts.exchanges += 1
      count(standing, event, (to) => (to.exchanges += 1))
      break
    }
    case 'refused': {
      if (request?.endpoint !== 'token') break
      const { app } = request
      count(standing, { org: event.org, app }, (to) => {
        to.rejections[event.reason] = (to.rejections[event.reason] ?? 0) + 1
        if (event.reason === 'in-flight') to.inFlightRejects += 1
      })
      if (event.reason === 'in-flight') takeBackReplay(standing, request)
      if (unspent.has(event.reason)) standing.doubts.delete(request.token ?? '')
      break
    }
    case 'reuse': {
      const facts = grants.get(event.grant)
      if (facts !== undefined && !byProxy) facts.reuses += 1
      count(standing, event, (to) => {
        if (byProxy) to.duplicateReuses += 1
        else to.reuses += 1
      })
      if (byProxy) break
      const atRisk = [...event.atRisk.refreshTokens, ...event.atRisk.accessTokens]
      if (atRisk.some((token) => reached.has(token))) count(standing, event, (to) => (to.reusesWhileAlive += 1))
      else regretIfArriving(standing, event, 'reuse', atRisk)
      break
    }
    case 'killed': {
      const facts = grants.get(event.grant)
      if (facts === undefined || !facts.live) break
      facts.live = false
      facts.cause = event.cause
      count(standing, event, (to) => (to.ended[event.cause] = (to.ended[event.cause] ?? 0) + 1))
      if (event.cause !== 'reuse' && event.cause !== 'lock-error') break
      count(standing, event, (to) => (to.grantsLost += 1))
      if (byProxy || facts.current === null) break
      if (reached.has(facts.current)) count(standing, event, (to) => (to.grantsLostKeepable += 1))
      else regretIfArriving(standing, event, 'loss', [facts.current])
      break
    }
    case 'sent': {
      if (undone.has(event.request)) break
      const tokens = [event.refreshToken, event.accessToken].filter((token) => token !== null)
      for (const token of tokens) reached.add(token)
      if (tokens.length > 0) arriveAfterAll(standing, event.request)
      break
    }
    case 'answered': {
      if (!event.definite || undone.has(event.request)) becomeUnknown(standing, event)
      onItsWay.delete(event.request)
      break
    }
    case 'undelivered': {
      becomeUnknown(standing, event)
      break
    }
    default:
  }
}

/** The refresh token of a grant has a successor; where it is the first, the grant begins. */
function succeed(
  standing: Standing,
  issued: Extract<SimEvent, { kind: 'issued' }>,
  grant: string,
  token: string,
): void {
  standing.grantOf.set(token, grant)
  // The one before can't be at risk any more: only what is current is.
  if (issued.rotated !== null) standing.reached.delete(issued.rotated)
  const known = standing.grants.get(grant)
  if (known !== undefined) {
    known.current = token
    return
  }
  const { org, app, user } = issued
  const sums = { exchanges: 0, unknownOutcomes: 0, orderedReplays: 0, reuses: 0 }
  const fresh = { org, grant, app, user, live: true, cause: null, delivered: false, current: token }
  standing.grants.set(grant, { ...fresh, ...sums })
}

function considerReplay(standing: Standing, event: Arrived): void {
  const doubt = standing.doubts.get(event.token ?? '')
  if (doubt === undefined) return
  doubt.replays += 1
  const surplus = doubt.replays > doubt.unknown
  standing.replays.set(event.request, surplus)
  addReplay(standing, event, surplus, 1)
}

/** It met the request it repeats: nothing was spent, and it was no replay yet. */
function takeBackReplay(standing: Standing, request: Arrived): void {
  const surplus = standing.replays.get(request.request)
  if (surplus === undefined) return
  standing.replays.delete(request.request)
  const doubt = standing.doubts.get(request.token ?? '')
  if (doubt !== undefined) doubt.replays -= 1
  addReplay(standing, request, surplus, -1)
}

function addReplay(standing: Standing, request: Arrived, surplus: boolean, by: 1 | -1): void {
  const facts = standing.grants.get(standing.grantOf.get(request.token ?? '') ?? '')
  if (facts !== undefined) facts.orderedReplays += by
  count(standing, request, (to) => {
    to.orderedReplays += by
    if (surplus) to.surplusReplays += by
  })
}

function becomeUnknown(standing: Standing, event: SimEvent): void {
  const request = standing.requests.get(event.request)
  if (request === undefined || !isRefreshGrant(request) || request.duplicateOf !== null) return
  if (standing.unknown.has(event.request)) return
  standing.unknown.add(event.request)
  if (request.token !== null) {
    const doubt = standing.doubts.get(request.token)
    if (doubt === undefined) standing.doubts.set(request.token, { unknown: 1, replays: 0 })
    else doubt.unknown += 1
  }
  const facts = standing.grants.get(standing.grantOf.get(request.token ?? '') ?? '')
  if (facts !== undefined) facts.unknownOutcomes += 1
  count(standing, { org: event.org, app: request.app }, (to) => (to.unknownOutcomes += 1))
}

/** Some of these tokens may be on their way: if one of them arrives, this was wrong. */
function regretIfArriving(
  standing: Standing,
  event: Extract<SimEvent, { kind: 'reuse' | 'killed' }>,
  kind: 'reuse' | 'loss',
  tokens: readonly string[],
): void {
  for (const one of standing.onItsWay.values())
    if (one.tokens.some((token) => tokens.includes(token)))
      one.regrets.push({ n: event.n, kind, org: event.org, app: event.app })
}

function arriveAfterAll(standing: Standing, request: number): void {
  for (const regret of standing.onItsWay.get(request)?.regrets.splice(0) ?? []) {
    count(standing, regret, (to) => {
      if (regret.kind === 'reuse') to.reusesWhileAlive += 1
      else to.grantsLostKeepable += 1
    })
    for (const one of standing.onItsWay.values()) {
      const again = one.regrets.findIndex(({ n, kind }) => n === regret.n && kind === regret.kind)
      if (again >= 0) one.regrets.splice(again, 1)
    }
  }
}

/** Lets go of requests that are over: whatever is said of them later is not heard any more. */
export function forgetFinished(standing: Standing, events: readonly SimEvent[]): void {
  for (const { kind, request } of events) {
    if (kind !== 'answered') continue
    standing.requests.delete(request)
    standing.unknown.delete(request)
    standing.replays.delete(request)
  }
}
