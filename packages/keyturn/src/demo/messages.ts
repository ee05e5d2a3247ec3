/** What the demo and its worker processes say to each other. Secrets go over this channel, never through arguments. */
import type { ClientName } from './clients.ts'

/** Through Keyturn, or the client on its own, as its documentation shows it. */
export type Side = 'with' | 'without'

export interface WorkerSetup {
  readonly client: ClientName
  readonly side: Side
  /** Shared by the processes of one side: the store, or what the client itself keeps. */
  readonly folder: string
  readonly clockFile: string
}

/** An authorisation somebody made before. The tokens are there for the process that stores it, without Keyturn. */
export interface Login {
  /** The grant's name at Keyturn, the user name at the client. */
  readonly username: string
  readonly orgId: string
  readonly instanceUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly accessToken: string
  readonly refreshToken: string
}

export type Order =
  /** Stores the login the way a user of this client does. One process, for all. */
  | { readonly type: 'store'; readonly login: Login }
  /** A new connection, as a process that was just started makes it. */
  | { readonly type: 'connect'; readonly login: Omit<Login, 'accessToken' | 'refreshToken'> }
  /** So many API calls at once. */
  | { readonly type: 'call'; readonly times: number }
  /** Keyturn's housekeeping, which an application lets run in the background. */
  | { readonly type: 'sweep' }
  /** Answered as soon as the process gets to it. */
  | { readonly type: 'ping' }

export interface ToWorker {
  readonly id: number
  readonly order: Order | { readonly type: 'stop' }
}

export interface FromWorker {
  /** 0: ready. */
  readonly id: number
  /** Per call: `ok`, or the code of the error. */
  readonly results: readonly string[]
}
