/**
 * Whether the clients of an app live after rotation was switched on. The first refresh works for everybody; who drops the
 * new token fails at the second. So only a second success proves a client, and a refusal, or tokens that vanish, a death.
 * Pure, but for the loop, whose clock and looks are passed in.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { Look, Sighting } from './sightings.ts'

interface WatchedClient {
  readonly program: string
  readonly user: string
  /** Refreshes and logins that worked since the switch. */
  readonly worked: number
  readonly refused: number
  readonly last: number
  /** `dead-before`: refused before rotation was on, and never well since: no death of rotation's. */
  readonly state: 'proved' | 'seen' | 'refused' | 'dead-before'
  /** In the org's words; of the last refusal. */
  readonly status: string | null
}

export interface WatchState {
  readonly since: number
  readonly at: number
  readonly clients: readonly WatchedClient[]
  /** Users with fewer tokens than at the switch: revoked, run out, or dead by a replay. */
  readonly lostTokens: readonly { readonly user: string; readonly before: number; readonly now: number }[]
  /** Two requests at once with one token: harmless, and a sign of a client that does not wait for itself. */
  readonly overlaps: number
  readonly failed: boolean
  readonly blind: readonly string[]
}

const isRefresh = ({ way }: Sighting): boolean => /refresh/i.test(way)
const isOverlap = ({ status }: Sighting): boolean => /already being processed/i.test(status)
/** The refusals that a dead refresh token brings; a wrong address or a frozen user is somebody else's doing. */
const isDeath = (one: Sighting): boolean =>
  !one.worked && !isOverlap(one) && isRefresh(one) && /invalid|expired|revoked/i.test(one.status)

/** When it began to be switched on, and when it was seen to be: in between nobody knows which side a refusal is of. */
interface Span {
  readonly began: number
  readonly since: number
}

/** As the login history has its times. */
const second = (at: number): number => Math.floor(at / 1000) * 1000

const clientOf = (all: readonly Sighting[], span: Span): WatchedClient | null => {
  const [began, since] = [second(span.began), second(span.since)]
  const recent = all.filter(({ at }) => at >= began)
  const [first] = recent
  if (first === undefined) return null
  const deaths = recent.filter(isDeath)
  const worked = recent.filter((one) => one.worked)
  const earlier = all.filter(({ at }) => at < began).at(-1)
  const deadBefore = earlier !== undefined && isDeath(earlier) && worked.length === 0
  const proofs = worked.filter((one) => one.at >= since && isRefresh(one))
  return {
    program: first.program,
    user: first.user,
    worked: worked.length,
    refused: deaths.length,
    last: recent.at(-1)?.at ?? first.at,
    state: deaths.length > 0 ? (deadBefore ? 'dead-before' : 'refused') : proofs.length >= 2 ? 'proved' : 'seen',
    status: deaths.at(-1)?.status ?? null,
  }
}

export const watchState = (
  span: Span,
  before: Readonly<Record<string, number>> | null,
  { at, sightings, tokens }: Look,
  /** Whether tokens were to be counted at all. */
  counting = true,
): WatchState => {
  const groups = new Map<string, Sighting[]>()
  for (const one of sightings ?? []) {
    const key = `${one.program}\0${one.user}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  const clients = [...groups.values()].flatMap((all) => clientOf(all, span) ?? [])
  const lostTokens =
    before === null || tokens === null
      ? []
      : Object.entries(before).flatMap(([user, had]) => {
          const now = tokens[user] ?? 0
          return now < had ? [{ user, before: had, now }] : []
        })
  return {
    since: span.since,
    at,
    clients,
    lostTokens,
    overlaps: (sightings ?? []).filter((one) => one.at >= second(span.began) && isOverlap(one)).length,
    failed: lostTokens.length > 0 || clients.some(({ state }) => state === 'refused'),
    blind: [
      ...(sightings === null ? ['refusals: this user sees no logins of others'] : []),
      ...(counting && tokens === null ? ['tokens that vanish: they could not be counted'] : []),
    ],
  }
}

interface Watching extends Span {
  readonly until: number
  readonly every: number
  /** Tokens by user when rotation was switched on; null: unknown. */
  readonly before: Readonly<Record<string, number>> | null
  readonly look: (now: number) => Promise<Look>
  readonly clock: Clock
  readonly tell: (state: WatchState) => void
  /** Ends it early: the look that is under way is still told. */
  readonly signal?: AbortSignal
}

const passing = (error: unknown): boolean =>
  error instanceof KeyturnError && (error.code === 'ORG_UNAVAILABLE' || error.code === 'ENDPOINT_UNREACHABLE')

/** Until the time is over, somebody died, or the signal; an org that doesn't answer for a while is asked again. */
export const watch = async (watching: Watching): Promise<WatchState> => {
  const { until, every, before, look, clock, tell, signal } = watching
  let state: WatchState | null = null
  for (;;) {
    const now = clock.wall()
    try {
      state = watchState(watching, before, await look(now))
      // A token that vanished between the two questions of one look has a refusal that says whose it was.
      if (state.failed && !state.clients.some((one) => one.state === 'refused'))
        state = watchState(watching, before, await look(clock.wall()))
      tell(state)
    } catch (error) {
      if (!passing(error) || (state === null && (now >= until || signal?.aborted === true))) throw error
    }
    if (state !== null && (state.failed || now >= until || signal?.aborted === true)) return state
    await clock.sleep(Math.max(1, Math.min(every, until - now)), signal)
  }
}
