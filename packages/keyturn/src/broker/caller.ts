/**
 * The seam between the broker's parts: who may call (callers/), what Salesforce-shaped endpoints and the proxy need
 * (face/, proxy/), and what the server brings together (server.ts). Types only.
 */
import type { FastifyRequest } from 'fastify'
import type { Clock, Keyturn, Secret } from '@keyturn/tokens'
import type { Assertion } from './callers/assertion.ts'
import type { Log } from './log.ts'
import type { Traces } from './traces/traces.ts'

export type Face = 'oauth' | 'soap' | 'proxy' | 'api'

export interface PathRule {
  readonly method: string | '*'
  /** Of the path's segments: `/services/data` covers `/services/data/v65.0` and not `/services/database`. */
  readonly prefix: string
}

/** An authenticated workload: what it is and what it may do. No secret in it. */
export interface Caller {
  readonly id: string
  readonly name: string
  /** Names of the grants it may use; the first is its default. */
  readonly grants: readonly string[]
  readonly faces: readonly Face[]
  /** Null: every path. */
  readonly paths: readonly PathRule[] | null
  /** CIDR; empty: any (allowed only with a socket, a certificate, or where somebody said so). */
  readonly ranges: readonly string[]
  /** Somebody said that it may come from anywhere. */
  readonly anyAddress: boolean
  /** SHA-256 of client certificates that can stand for a source range. */
  readonly certificates: readonly string[]
  /** Names of Unix sockets that are its own. */
  readonly sockets: readonly string[]
  readonly rate: { readonly perMinute: number } | null
  /** Epoch milliseconds. */
  readonly expiresAt: number | null
  /** It may be handed the real access token and the real instance URL. */
  readonly realTokens: boolean
  /** The user name it logs in with by SOAP `login()` or the password flow. */
  readonly virtualUser: string | null
  /** It may see and manage everything through the broker's own API. */
  readonly operator: boolean
  /** Sessions that began under another one are over. */
  readonly sessionEpoch: number
}

/** What a caller shows to prove who it is. */
export type Presented =
  | { readonly kind: 'secret'; readonly id: string; readonly secret: Secret }
  /** Matches with and without a security token behind the password. */
  | { readonly kind: 'password'; readonly username: string; readonly password: Secret }
  | {
      readonly kind: 'refresh-token'
      readonly token: Secret
      readonly clientId: string | null
      readonly clientSecret: Secret | null
    }
  /** Signed with the caller's private key; `isOurs`: whether an audience names this broker. */
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly isOurs: (audience: string) => boolean }
  /** SHA-256 of the client certificate, lower-case hex without colons. */
  | { readonly kind: 'certificate'; readonly fingerprint: string }
  /** The Unix socket the request came through. */
  | { readonly kind: 'socket'; readonly name: string }

export interface From {
  /** Null: a Unix socket. */
  readonly address: string | null
  readonly face: Face
  /** What the connection itself proves (`BrokerContext.transportProof`): it can stand for a source range. */
  readonly transport?: Presented | null
}

export interface Callers {
  /**
   * The caller, or null: one path and one time for unknown, wrong, expired, out of range and not allowed on this face.
   * Throws RATE_LIMITED (`data.retryAfter` in seconds) for a caller that proved who it is and asks too often, and
   * STORE_UNAVAILABLE; never answers null because of an outage.
   */
  authenticate(presented: Presented, from: From): Promise<Caller | null>
  /** 0: go on. Otherwise the seconds to wait: logins and calls are paced by one budget, in this process. */
  pace(caller: Caller): number
  /** Null also when it was removed or has expired. */
  byId(id: string): Promise<Caller | null>
  /**
   * The stable refresh token of this caller for this grant: the same one each time until the caller is rotated. Throws
   * NOT_ALLOWED for a caller without an end of life, or without a source range, a certificate or a socket.
   */
  issueRefreshToken(callerId: string, grant: string): Promise<Secret>
  /** Which grant a stable refresh token (or one in its take-over window) stands for; null: none of this caller's. */
  grantOfRefreshToken(caller: Caller, token: Secret): Promise<string | null>
  /** Counted in memory, written each minute and at shutdown. */
  used(caller: Caller, grant: string, face: Face): void
}

export interface BrokerContext {
  readonly keyturn: Keyturn
  readonly callers: Callers
  /** Scheme, host and port as the caller wrote them, with `/orgs/NAME` where it came that way; no slash at the end. */
  readonly baseUrl: (request: FastifyRequest) => string
  /** The grant that the host name or the path (`/orgs/NAME`) names; null: the caller's default. */
  readonly orgOf: (request: FastifyRequest) => string | null
  /** The peer's address (behind a trusted proxy: the client's); null: a Unix socket. */
  readonly addressOf: (request: FastifyRequest) => string | null
  /** The client's certificate or socket as a proof, where it came with one: to be tried when it shows nothing else. */
  readonly transportProof: (request: FastifyRequest) => Presented | null
  /** Whether an audience names this broker: by a configured name, or the very address that was connected to. */
  readonly isOurs: (request: FastifyRequest, audience: string) => boolean
  readonly clock: Clock
  readonly log: Log
  /** Only where a collector is named. */
  readonly traces?: Traces
}
