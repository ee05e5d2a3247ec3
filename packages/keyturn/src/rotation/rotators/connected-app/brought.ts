/** The pair that a person brought to a run, checked for slips of the hand; of it the consumer key is no secret. */
import type { Secret } from '@keyturn/tokens'

/** As Salesforce makes and takes them (Metadata API guide, ConnectedApp.consumerKey and consumerSecret). */
const shape = /^[A-Za-z0-9._]{8,256}$/

/** Null: that is no consumer key. */
export const openKey = (brought: Secret | null | undefined): string | null => {
  const text = brought?.reveal().trim() ?? ''
  return shape.test(text) ? text : null
}

/** Null: both are fine; else what is wrong, without quoting it. */
export const faultIn = (key: Secret, secret: Secret): string | null => {
  const [one, other] = [key.reveal().trim(), secret.reveal().trim()]
  if (!shape.test(one)) return 'what was given as the consumer key is none (8 to 256 letters and digits)'
  if (!shape.test(other)) return 'what was given as the consumer secret is none (8 to 256 letters and digits)'
  return one === other ? 'key and secret are the same text: one of them was pasted twice' : null
}
