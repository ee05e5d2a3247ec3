/** The log as a person reads it: one line per request, folded from the events. */
import type { SimEvent } from './events.ts'

export interface RequestLine {
  readonly request: number
  readonly at: number
  readonly org: string
  readonly method: string
  readonly path: string
  readonly endpoint: string
  readonly grantType: string | null
  readonly app: string | null
  /** Fingerprint of the token presented. */
  readonly token: string | null
  readonly duplicateOf: number | null
  /** Null while it is under way; 0: no answer at all. */
  readonly status: number | null
  /** `issued`, the reason of a refusal, or what a data request has: nothing of its own. */
  readonly outcome: string | null
  /** Fingerprint of the refresh token that it issued. */
  readonly issued: string | null
  /** The whole answer went out, and nobody said afterwards that it didn't arrive. */
  readonly complete: boolean
  readonly faults: readonly string[]
}

export function requestLines(events: readonly SimEvent[]): readonly RequestLine[] {
  const lines = new Map<number, RequestLine>()
  for (const event of events) {
    if (event.kind === 'arrived') {
      const { request, at, org, method, path, endpoint, grantType, app, token, duplicateOf } = event
      const open = { status: null, outcome: null, issued: null, complete: false, faults: [] }
      lines.set(request, { request, at, org, method, path, endpoint, grantType, app, token, duplicateOf, ...open })
      continue
    }
    const line = lines.get(event.request)
    if (line === undefined) continue
    const change = (next: Partial<RequestLine>): Map<number, RequestLine> =>
      lines.set(event.request, { ...line, ...next })
    if (event.kind === 'issued') change({ outcome: 'issued', issued: event.refreshToken })
    else if (event.kind === 'refused') change({ outcome: event.reason })
    else if (event.kind === 'answered') change({ status: event.status, complete: event.complete, faults: event.faults })
    else if (event.kind === 'undelivered') change({ complete: false })
  }
  return [...lines.values()]
}
