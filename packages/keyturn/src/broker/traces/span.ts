/**
 * What a span may say. The names are a closed set and every value is something an operator chose (a caller's or a
 * grant's name), a fixed word, a number or the org's host name: nothing that a peer sent can get in, so no token, user
 * name, path or query can.
 */
export type AttributeName =
  | 'http.request.method'
  | 'http.route'
  | 'http.response.status_code'
  | 'server.address'
  | 'error.type'
  | 'keyturn.caller'
  | 'keyturn.grant'
  | 'keyturn.face'
  | 'keyturn.api'
  | 'keyturn.outcome'
  | 'keyturn.generation'

export type Attributes = Readonly<Partial<Record<AttributeName, string | number>>>

export type SpanKind = 'internal' | 'server' | 'client'

export interface FinishedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | null
  readonly name: string
  readonly kind: SpanKind
  /** Nanoseconds since 1970. */
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Attributes
  readonly failed: boolean
}
