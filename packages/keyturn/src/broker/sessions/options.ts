/** What the Salesforce-shaped endpoints and the proxy can be told beside the context; every value has a default. */
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import type { BrokerContext } from '../caller.ts'

export interface FaceOptions {
  /** How the proxy reaches Salesforce: outgoing proxy, certificates. Default: directly, with Node's authorities. */
  readonly network: Network
  /** Names of grants whose org locks sessions to the address they began at: nobody gets their real token. */
  readonly ipLocked: readonly string[]
  /** A virtual session ends after this many ms, used or not. */
  readonly sessionLife: number
  /** While the store does not answer, a token that lived is served for so many ms. */
  readonly staleMax: number
  /** How often, in ms, a token may be looked at because somebody logs in again. */
  readonly probeSpacing: number
  /** A login waits for that look no longer than this. */
  readonly probeLimit: number
  /** Largest body of a request, bytes (Bulk API 2.0 takes 150 MB). */
  readonly bodyLimit: number
  /** So much of a body is kept so that it can be sent again after a refresh. */
  readonly keptBody: number
  /** An upstream connection on which nothing moves for so many ms before the answer begins is given up. */
  readonly answerLimit: number
  /** The same within an answer. */
  readonly idleLimit: number
}

export const faceOptions = (context: BrokerContext, given: Partial<FaceOptions> = {}): FaceOptions => ({
  network: given.network ?? lazyNetwork({ clock: context.clock, env: {} }),
  ipLocked: [],
  sessionLife: 24 * 3_600_000,
  staleMax: 60_000,
  probeSpacing: 5_000,
  probeLimit: 5_000,
  bodyLimit: 160 * 1024 * 1024,
  keptBody: 64 * 1024,
  answerLimit: 620_000,
  idleLimit: 620_000,
  ...given,
})
