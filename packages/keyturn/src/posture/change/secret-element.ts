/**
 * Elements whose text is a secret, by their names: what is shown, told or kept of a change never has it. Switches and
 * numbers about secrets (`isSecretRequiredForRefreshToken`, `minimumPasswordLength`) are no secrets.
 */
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'

const secretName = /(secret|password|passphrase|token|apikey|privatekey|credential)$/i
const harmless = /^(true|false|\d{1,9}|)$/

export const isSecretElement = (name: string, value: string): boolean => secretName.test(name) && !harmless.test(value)

/** The texts of secret elements, at any depth. */
export const secretsIn = (value: MetadataValue, name = ''): readonly string[] => {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return (value as readonly MetadataValue[]).flatMap((one) => secretsIn(one, name))
  if (typeof value === 'object')
    return Object.entries(value as MetadataBody).flatMap(([element, one]) => secretsIn(one, element))
  return isSecretElement(name, String(value)) ? [String(value)] : []
}

/** What the org says of a change may repeat what it was sent. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((now, secret) => now.replaceAll(secret, '[secret]'), text)
