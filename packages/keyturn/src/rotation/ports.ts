/** What rotators may use of the world: everything is passed in, so that a test can put a simulated org behind it. */
import type { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Destination } from '../destinations/destination.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { OrgConnection } from '../org/connection.ts'

/** Keyturn's own callers, as far as rotating them is concerned. */
export interface CallerPort {
  /** Throws CALLER_NOT_FOUND. */
  show(name: string): Promise<{
    readonly id: string
    readonly hasPassword: boolean
    /** Of the last rotation, else of the enrolment. */
    readonly since: number
  }>
  /** Makes these the caller's; the ones before are good for `overlap` ms more. Said again: nothing changes. */
  rotate(
    name: string,
    given: { readonly secret: Secret; readonly password: Secret | null },
    overlap: number,
  ): Promise<{ readonly refreshToken: Secret | null }>
  /** What was valid before ends now, where `secret` is still the caller's. */
  endFormer(name: string, secret: Secret): Promise<void>
  /** Last use of what was valid before, within its overlap; null: none seen. */
  formerUsedAt(id: string, since: number): Promise<number | null>
}

export interface RotationPorts {
  readonly network: Network
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whatever scheme keyturn.yaml may name: env:, file:, command:, vault:, aws:. Throws REFERENCE_UNRESOLVED. */
  resolve(reference: string): Promise<Secret>
  /** The org behind that grant, as the user of that grant. */
  org(grant: string): OrgConnection
  /** Throws CONFIG_INVALID where keyturn.yaml has none of that name. */
  destination(name: string): Destination
  mailbox(name: string): Mailbox
  readonly callers: CallerPort
  /** A new authorisation of that grant by a person: a link where the broker can make one, else what to type. */
  reauthorise(grant: string): Promise<{ readonly text: string; readonly link: Secret | null }>
}
