/** What rotators may use of the world: everything is passed in, so that a test can put a simulated org behind it. */
import type { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Destination } from '../destinations/destination.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { OrgConnection } from '../org/connection.ts'
import type { UseReader } from '../usage/use-reader.ts'

export interface RotationPorts {
  readonly network: Network
  readonly env: Readonly<Record<string, string | undefined>>
  /** The org behind that grant, as the user of that grant. */
  org(grant: string): OrgConnection
  /** Throws CONFIG_INVALID where keyturn.yaml has none of that name. */
  destination(name: string): Destination
  mailbox(name: string): Mailbox
  /** Who used which grant and when, by the broker's counts. */
  readonly uses: UseReader
  /** A new authorisation of that grant by a person: a link where the broker can make one, else what to type. */
  reauthorise(grant: string): Promise<{ readonly text: string; readonly link: Secret | null }>
}
