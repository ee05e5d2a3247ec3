/**
 * Consumer key and secret that Keyturn chooses for a new app, in Salesforce's form, so that nobody has to read a secret from
 * the org. They are never shown before the app is there, so nobody can have chosen the same.
 */
import { Secret } from '@keyturn/tokens'

export interface ConsumerPair {
  readonly key: string
  readonly secret: Secret
}

export const newPair = (random: (bytes: number) => Buffer): ConsumerPair => ({
  key: `3MVG9${random(60).toString('base64url').replace(/[-_]/g, 'x')}`,
  secret: new Secret(random(32).toString('hex').toUpperCase()),
})

/** Where the pair goes; behind a port, for destinations are another layer. */
export interface SecretDelivery {
  readonly name: string
  /** Where that is, and whether it was read back. Throws DESTINATION_*. */
  deliver(pair: ConsumerPair, version: string): Promise<string>
}
