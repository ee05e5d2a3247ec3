/** Token requests as a reader can follow them: refresh tokens have names (R0, R1, … in the order of their issue). */
import { APP } from './simulated-org.ts'
import type { SimEvent } from './simulated-org.ts'
import { readWire } from './wire.ts'

export interface ProofLine {
  /** Number of the request in the wire log. */
  readonly request: number
  readonly grantType: string
  /** The refresh token it carried: R0 is the one it was started with. */
  readonly sent: string | null
  /** Another exchange had taken that token out of use. */
  readonly spent: boolean
  /** Null: no answer reached it. */
  readonly status: number | null
  /** `issued`, or why it was refused. */
  readonly outcome: string | null
  readonly brought: string | null
}

export const proofOf = (events: readonly SimEvent[], requests: readonly number[]): readonly ProofLine[] => {
  const names = new Map<string, string>()
  for (const { kind, app, refreshToken } of events)
    if (kind === 'issued' && app === APP && refreshToken != null) names.set(refreshToken, `R${names.size}`)
  const nameOf = (token: string | null): string | null => (token === null ? null : (names.get(token) ?? 'unknown'))
  return readWire(events)
    .tokenRequests.filter(({ request }) => requests.includes(request))
    .map(({ request, grantType, token, status, outcome, refreshToken, unheard }) => ({
      request,
      grantType,
      sent: /refresh/.test(grantType) ? nameOf(token) : null,
      spent: outcome === 'rotated-token',
      status: unheard || status === 0 ? null : status,
      outcome,
      brought: nameOf(refreshToken),
    }))
}
