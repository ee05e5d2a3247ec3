/** The port for mail with a new security token: where it arrives, what is accepted, and what becomes of it. */
import type { Secret } from '@keyturn/tokens'

export type MailVerdict = 'pass' | 'fail' | 'none' | 'unknown'

/** A mail that is what it says, as far as could be told. */
export interface TokenMail {
  readonly id: string
  readonly token: Secret
  readonly username: string
  readonly from: string
  /** When the mailbox got it, epoch ms: its own clock, not the sender's Date header. */
  readonly receivedAt: number
  /** As the receiving server wrote it down (RFC 8601); `unknown`: it wrote nothing, or nobody says which server is ours. */
  readonly authentication: { readonly dkim: MailVerdict; readonly spf: MailVerdict; readonly dmarc: MailVerdict }
}

export interface RefusedMail {
  readonly from: string
  readonly receivedAt: number
  readonly why: string
}

export interface MailQuery {
  readonly username: string
  /** Not older than this. */
  readonly since: number
}

export interface MailboxProblem {
  readonly code: string
  readonly text: string
  readonly next: string
}

export interface Mailbox {
  readonly name: string
  /** Can it be reached and read, and mails moved? Changes nothing. */
  preflight(): Promise<readonly MailboxProblem[]>
  /** The mail of that user since then, the newest first, and what looked like one and was refused. */
  look(query: MailQuery): Promise<{ readonly found: readonly TokenMail[]; readonly refused: readonly RefusedMail[] }>
  /** Resolves when a mail may have come, at the latest after `ms`. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Deletes or files it, as the settings say. Gone already is fine. */
  settle(mail: TokenMail): Promise<void>
  close(): Promise<void>
}
