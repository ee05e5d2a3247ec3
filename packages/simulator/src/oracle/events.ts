/**
 * What the simulator remembers of what happened: plain values, without any secret (a token appears as its
 * fingerprint). The log (`log.ts`) and every counter of the oracle are computed from it and from nothing else.
 */
interface TokenPair {
  readonly refreshToken: string | null
  readonly accessToken: string | null
}

export type SimEventBody =
  /** A request is here, whole. `duplicateOf`: a second delivery of that request's bytes by something in between. */
  | {
      readonly kind: 'arrived'
      readonly method: string
      readonly path: string
      readonly endpoint: string
      readonly grantType: string | null
      readonly app: string | null
      /** Fingerprint of the refresh token or of the bearer token that the request carries. */
      readonly token: string | null
      readonly source: string
      readonly duplicateOf: number | null
    }
  /** Tokens came into being. `rotated`: the refresh token that this exchange took out of use. Request 0: handed over. */
  | ({
      readonly kind: 'issued'
      readonly grant: string | null
      readonly app: string | null
      readonly user: string
      readonly rotated: string | null
    } & TokenPair)
  | { readonly kind: 'refused'; readonly error: string; readonly description: string; readonly reason: string }
  /** A rotated-out token was presented. `atRisk`: what was alive and within the reach of the cascade just then. */
  | {
      readonly kind: 'reuse'
      readonly grant: string
      readonly app: string
      readonly token: string
      readonly atRisk: { readonly refreshTokens: readonly string[]; readonly accessTokens: readonly string[] }
    }
  | {
      readonly kind: 'killed'
      readonly grant: string
      readonly app: string
      readonly cause: string
      /** The refresh token that was the current one. */
      readonly refreshToken: string | null
    }
  | { readonly kind: 'held'; readonly fault: string; readonly where: string }
  /** These values' last bytes went out on a connection that was alive. */
  | ({ readonly kind: 'sent' } & TokenPair)
  /** The conversation is over. `definite`: complete and an answer an OAuth client can act upon. */
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly complete: boolean
      readonly definite: boolean
      readonly faults: readonly string[]
    }
  /** The caller went away, reset the connection, or a tester says that it never kept the answer. */
  | { readonly kind: 'undelivered'; readonly why: 'gone' | 'reset' | 'declared' }
  | { readonly kind: 'note'; readonly text: string }

export type SimEvent = SimEventBody & {
  /** Position in the log of the whole simulator. */
  readonly n: number
  readonly at: number
  readonly org: string
  /** Number of the request; 0: the control plane. */
  readonly request: number
}
