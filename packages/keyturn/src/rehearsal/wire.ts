/** What the server's log says of a phase, folded to API calls and token requests. Every verdict is computed from this. */
import type { SimEvent } from './simulated-org.ts'

interface Exchange {
  readonly request: number
  /** Position of its arrival in the log, and of its answer's end (null: there was none). */
  readonly at: number
  readonly ended: number | null
  /** Fingerprint of the token that it carried. */
  readonly token: string | null
  /** 0: the connection ended without an answer. */
  readonly status: number | null
}

export interface ApiCall extends Exchange {
  readonly path: string
}

export interface TokenRequest extends Exchange {
  readonly grantType: string
  /** `issued`, or why it was refused. */
  readonly outcome: string | null
  /** Fingerprints of what it issued. */
  readonly refreshToken: string | null
  readonly accessToken: string | null
  readonly definite: boolean
  /** Nobody was there any more to hear the answer. */
  readonly unheard: boolean
}

export interface Wire {
  readonly calls: readonly ApiCall[]
  readonly tokenRequests: readonly TokenRequest[]
  /** Those of them that present a refresh token. */
  readonly refreshes: readonly TokenRequest[]
}

export const readWire = (events: readonly SimEvent[]): Wire => {
  const calls = new Map<number, ApiCall>()
  const tokens = new Map<number, TokenRequest>()
  for (const event of events) {
    const { request, n, kind } = event
    if (kind === 'arrived') {
      const open = { request, at: n, ended: null, token: event.token ?? null, status: null }
      // Without a token nobody called the API: the list of versions is there for everyone.
      if (event.endpoint === 'data' && event.token != null) calls.set(request, { ...open, path: event.path ?? '' })
      if (event.endpoint === 'token') {
        const nothing = { outcome: null, refreshToken: null, accessToken: null, definite: false, unheard: false }
        tokens.set(request, { ...open, ...nothing, grantType: event.grantType ?? 'unknown' })
      }
      continue
    }
    const call = calls.get(request)
    const token = tokens.get(request)
    if (kind === 'answered') {
      const end = { ended: n, status: event.status ?? 0 }
      if (call !== undefined) calls.set(request, { ...call, ...end })
      if (token !== undefined) tokens.set(request, { ...token, ...end, definite: event.definite ?? false })
    } else if (token !== undefined && kind === 'issued') {
      const { refreshToken = null, accessToken = null } = event
      tokens.set(request, { ...token, outcome: 'issued', refreshToken, accessToken })
    } else if (token !== undefined && kind === 'refused') {
      tokens.set(request, { ...token, outcome: event.reason ?? 'refused' })
    } else if (token !== undefined && kind === 'undelivered') {
      tokens.set(request, { ...token, unheard: true })
    }
  }
  const tokenRequests = [...tokens.values()]
  return {
    calls: [...calls.values()],
    tokenRequests,
    refreshes: tokenRequests.filter(({ grantType }) => /^(refresh_token|hybrid_refresh)$/.test(grantType)),
  }
}

export const servedOf = (calls: readonly ApiCall[]): readonly ApiCall[] =>
  calls.filter(({ status }) => status !== null && status >= 200 && status < 300)

export const served = ({ calls }: Wire): number => servedOf(calls).length

export const issued = ({ refreshes }: Wire): readonly TokenRequest[] =>
  refreshes.filter(({ outcome }) => outcome === 'issued')

/** Presented a token that an earlier exchange had taken out of use. */
export const reused = ({ refreshes }: Wire): readonly TokenRequest[] =>
  refreshes.filter(({ outcome }) => outcome === 'rotated-token')

export const inFlight = ({ refreshes }: Wire): readonly TokenRequest[] =>
  refreshes.filter(({ outcome }) => outcome === 'in-flight')

/** Exchanges that presented what another exchange of this wire had issued. */
export const chained = (wire: Wire): readonly TokenRequest[] => {
  const known = new Set(issued(wire).map(({ refreshToken }) => refreshToken))
  return issued(wire).filter(({ token }) => token !== null && known.has(token))
}

/** How many API calls were under way at once, at most. */
export const widest = ({ calls }: Wire): number => {
  const steps = calls
    .flatMap(({ at, ended }) => [[at, 1] as const, [ended ?? Infinity, -1] as const])
    .sort(([a], [b]) => a - b)
  let open = 0
  return steps.reduce((most, [, change]) => Math.max(most, (open += change)), 0)
}

export const numbersOf = (requests: readonly Exchange[]): readonly number[] => requests.map(({ request }) => request)
