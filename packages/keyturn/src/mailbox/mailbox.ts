/** The port for mail with a new security token: where it arrives, what is accepted, and what becomes of it. */
import type { Secret } from '@keyturn/tokens'

export type MailVerdict = 'pass' | 'fail' | 'none' | 'unknown'

/** As the receiving server wrote it down (RFC 8601); `unknown`: it wrote nothing, or nobody says which server is ours. */
export interface MailAuthentication {
  readonly dkim: MailVerdict
  readonly spf: MailVerdict
  readonly dmarc: MailVerdict
}

/** What is enough to settle a mail, also after a restart. No secret: may be kept in the store. */
export interface MailHandle {
  readonly id: string
  /** Further mails with the same token: settled together. */
  readonly copies: readonly string[]
}

/** A mail that is what it says, as far as could be told. */
export interface TokenMail extends MailHandle {
  readonly token: Secret
  readonly username: string
  readonly from: string
  /** When the mailbox got it, epoch ms of Keyturn's clock: told by the mailbox, not by the sender's Date header. */
  readonly receivedAt: number
  readonly authentication: MailAuthentication
}

export type Refusal =
  'too-large' | 'unreadable' | 'sender' | 'subject' | 'too-old' | 'other-user' | 'no-token' | 'not-authenticated'

export interface RefusedMail {
  readonly id: string
  /** As the mail says, printable and cut: anybody can have written it. */
  readonly from: string
  readonly receivedAt: number
  readonly code: Refusal
  readonly why: string
}

export interface MailQuery {
  /** Compared exactly. */
  readonly username: string
  /** Received not before this, less the mailbox's `clockTolerance`. */
  readonly since: number
}

export interface MailboxProblem {
  readonly code: string
  readonly text: string
  readonly next: string
}

export interface MailboxCheck {
  readonly problems: readonly MailboxProblem[]
  /** What was found, for a person: `folder: INBOX, 12 mails`. */
  readonly facts: readonly { readonly what: string; readonly text: string }[]
}

export interface Mailbox {
  readonly name: string
  /** Can it be reached and read, and mails moved or deleted? Changes nothing. */
  preflight(): Promise<readonly MailboxProblem[]>
  /** As `preflight`, with what was seen on the way. */
  check(): Promise<MailboxCheck>
  /**
   * The mail of that user since then, the newest first, and what looked like one and was refused. An inbox of Keyturn's
   * own listens from the first look on: look once before the mail is asked for.
   */
  look(query: MailQuery): Promise<{ readonly found: readonly TokenMail[]; readonly refused: readonly RefusedMail[] }>
  /** Resolves when a mail may have come, at the latest after `ms`. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Deletes or files it, as the settings say. Gone already is fine. */
  settle(mail: MailHandle): Promise<void>
  close(): Promise<void>
}
