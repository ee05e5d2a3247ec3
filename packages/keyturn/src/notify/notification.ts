/** What is told, to whom, and how that went. */
import type { Secret } from '@keyturn/tokens'

export interface Notification {
  readonly kind:
    | 'reauthorization-required'
    | 'token-used-by-somebody-else'
    | 'rotation-due'
    | 'rotation-overdue'
    | 'rotation-waiting-for-person'
    | 'rotation-failed'
    | 'old-token-used'
    | 'certificate-ends'
    | 'lent-access-over'
    | 'test'
  readonly severity: 'info' | 'warning' | 'alarm'
  /** One line, plain text. */
  readonly subject: string
  /** Plain text, paragraphs. */
  readonly text: string
  readonly facts: readonly { readonly name: string; readonly value: string }[]
  /** One-time: it goes to the channels, never to a log, the ledger or an error. */
  readonly link?: { readonly text: string; readonly url: Secret }
  /** The name of an owner, or a mail address. */
  readonly to?: string
  /** The same key is not told twice within `repeatAfter`, by any process of this store. No secret. */
  readonly key: string
}

export interface Delivery {
  readonly channel: string
  readonly ok: boolean
  /** Why not; or, where it is fine, that it had been told before. Never an address, a link or an answer's text. */
  readonly why?: string
}

/** A notification on its way: the same for each try and each channel. */
export interface Letter {
  /** The same for every try, so that a receiver can know a repetition. */
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly notification: Notification
  /** The person's mail address, where one is known. */
  readonly mail: string | null
}

/** How one try ended. `again`: nothing speaks against another; `after`: not before so many ms, as the channel asked. */
export type Sent =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: string; readonly again: boolean; readonly after: number | null }

export type Send = (letter: Letter) => Promise<Sent>
