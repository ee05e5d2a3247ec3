/**
 * The guard before every query and after every component that was read: columns that hold tokens, codes and secrets are
 * never asked for, whoever writes the query. `FIELDS(ALL)` would ask for them without naming them.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { MetadataBody, MetadataValue } from '../../org/metadata-component.ts'

/** `AccessToken` of OauthToken is the refresh token, says the reference; `DeleteToken` revokes it; `SharedKey` is a TOTP seed. */
const secretColumns = ['AccessToken', 'RequestToken', 'DeleteToken', 'SharedKey', 'ConsumerSecret']
const secret = new RegExp(String.raw`\b(${secretColumns.join('|')})\b|\bFIELDS\s*\(`, 'i')

/** The same query, or a defect: this is a mistake of ours, not of the org. */
export const withoutSecrets = (soql: string): string => {
  // What stands between quotation marks is a value, which may well be the name of an app.
  const found = secret.exec(soql.replaceAll(/'(?:[^'\\]|\\.)*'/g, "''"))
  if (found !== null) throw new KeyturnError('DEFECT', `a query of the audit asks for ${found[0]}, which it never may`)
  return soql
}

const secretElements: ReadonlySet<string> = new Set(['consumersecret', 'password', 'oauthtoken', 'oauthrefreshtoken'])

const cleaned = (value: MetadataValue): MetadataValue => {
  if (Array.isArray(value)) return (value as readonly MetadataValue[]).map(cleaned)
  if (typeof value !== 'object' || value === null) return value
  return withoutSecretElements(value as MetadataBody)
}

/** Where the org's switch is on, a read of global OAuth settings brings the consumer secret along unasked. */
export const withoutSecretElements = (body: MetadataBody): MetadataBody =>
  Object.fromEntries(
    Object.entries(body)
      .filter(([name]) => !secretElements.has(name.toLowerCase()))
      .map(([name, value]) => [name, cleaned(value)]),
  )
