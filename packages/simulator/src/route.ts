/**
 * The seam between the two halves of the simulator: what a request, an answer, a route, a session and an org are.
 *
 * The identity side (OAuth, sessions, SOAP login, faults, oracle, control plane) owns the listener and judges sessions;
 * the data side (REST, SOQL, sobjects) gets requests as plain values and returns plain answers, so that every answer
 * can be delayed, cut, repeated or dropped on its way out without the code that made it knowing.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { DataSwitches } from './data/data-switches.ts'

export interface SimRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly remoteAddress: string
  /** scheme://host:port of this org as the caller sees it, without a slash at the end. */
  readonly baseUrl: string
}

export interface SimResponse {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface Route {
  readonly method: string | '*'
  readonly pattern: RegExp
  readonly handle: (request: SimRequest, match: RegExpExecArray) => SimResponse | Promise<SimResponse>
}

/** Who is calling: the outcome of a session that was judged good. */
export interface Session {
  readonly org: SimOrg
  readonly userId: string
  /** The app the access token was issued to; null for SOAP and browser logins. */
  readonly appId: string | null
  readonly scopes: readonly string[]
  readonly accessTokenId: string
}

/** What a query of a virtual object says, as far as making its rows depends on it. */
export interface VirtualAsk {
  readonly userId: string
  /** The API version of the call. */
  readonly version: number
  /** What fields (paths in lower case) have to be equal to, by the query's WHERE. */
  readonly wanted: ReadonlyMap<string, readonly string[]>
}

export type VirtualRow = Readonly<Record<string, unknown>>

export interface SimOrg {
  /** 18 characters, 00D…. */
  readonly id: string
  readonly db: DatabaseSync
  /** Epoch milliseconds of the simulator's clock. */
  now(): number
  /** An 18-character Salesforce id with its checksum suffix, the same sequence for the same seed. */
  newId(prefix: string): string
  settings?(): DataSwitches
  /** A user was made or changed by its record: what the identity side keeps of it follows. */
  userSaved?(userId: string): void
  /** Rows of a virtual object, made now. */
  virtualRows?(sobject: string, ask: VirtualAsk): readonly VirtualRow[]
  /** The component behind a record, as the Tooling API's `Metadata`; null where there is nothing to show. */
  metadataOf?(sobject: string, id: string, ask: VirtualAsk): unknown
}

/** Judges the session of a request: who it is, or the ready refusal. */
export type Authenticate = (request: SimRequest) => Session | SimResponse
