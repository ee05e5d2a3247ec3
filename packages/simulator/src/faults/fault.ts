/** What a scripted fault says: which requests it is for, and what happens to them. Plain JSON, over the wire or not. */

/**
 * Where an answer is cut or stops: a number is a count of bytes of the whole answer (negative: from its end), the names
 * are the positions at which clients differ. The two at the refresh token are before its first character and after its
 * closing quotation mark.
 */
export type Position =
  number | 'status-line' | 'mid-header' | 'header-end' | 'before-refresh-token' | 'after-refresh-token' | 'last-byte'

export interface FaultMatch {
  readonly org?: string
  readonly endpoint?: string
  /** A regular expression over the path. */
  readonly path?: string
  readonly method?: string
  readonly grantType?: string
  /** Name or client id. */
  readonly app?: string
  /** User name: of the grant whose token is presented, or of the login. */
  readonly user?: string
  /** Fingerprint of the token presented. */
  readonly token?: string
}

/** Applied in the order of the fields. */
export interface FaultAction {
  readonly delayBeforeMs?: number
  /** Waits until released, before anything is processed. */
  readonly holdBefore?: boolean
  /** 307 to another origin, with this path on it; nothing is processed. */
  readonly redirectTo?: string
  /** 429 with REQUEST_LIMIT_EXCEEDED; nothing is processed. */
  readonly rateLimit?: boolean
  /** The connection is closed without a byte: before processing, or after it (commit, then drop). */
  readonly drop?: 'before' | 'after'
  /** Drops and cuts end with RST instead of FIN. */
  readonly reset?: boolean
  /** Answered with this status instead, without processing (`before`) or after it. */
  readonly status?: number
  readonly when?: 'before' | 'after'
  /** HTML instead of JSON (with `status`, or 200). */
  readonly html?: boolean
  readonly body?: string
  /** Something between client and server delivers the request twice: at the same time, or one after the other. */
  readonly duplicate?: 'together' | 'after'
  readonly duplicateAnswer?: 'first' | 'second'
  readonly delayAfterMs?: number
  /** Processed, then waits until released before the first byte of the answer. */
  readonly holdAfter?: boolean
  /** Sends the answer up to here, then waits until released, then goes on. */
  readonly pauseAt?: Position
  /** Sends the answer up to here, then closes the connection. */
  readonly cutAt?: Position
  /** Sends the answer in pieces. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number }
}

export interface FaultSpec {
  readonly name?: string
  readonly match?: FaultMatch
  /** Lets the first n matching requests pass. */
  readonly skip?: number
  /** How many requests it hits; default 1; 'forever': until deleted. */
  readonly count?: number | 'forever'
  /** Hits each n-th matching request only. */
  readonly every?: number
  /** Hits a matching request with this probability, drawn from the simulator's seed. */
  readonly probability?: number
  readonly action: FaultAction
}

export interface Fault {
  readonly id: string
  readonly name: string
  readonly spec: FaultSpec
  /** Matching requests so far. */
  readonly seen: number
  /** Requests that it hit. */
  readonly hits: number
}
