/**
 * The names under which programs look for Salesforce credentials in their environment. The first of each is what Keyturn
 * writes where none is there; the others are kept up to date where they are: SF_* of scripts and CI, SALESFORCE_* of
 * restforce (which documents SALESFORCE_CLIENT_ID and its kin) and many others, the words of OAuth (client id) beside
 * those of Salesforce (consumer key).
 */
const both = (...names: readonly string[]): readonly string[] => [
  ...names.map((name) => `SF_${name}`),
  ...names.map((name) => `SALESFORCE_${name}`),
]

export const usualNames: Readonly<Record<string, readonly string[]>> = {
  username: both('USERNAME'),
  password: both('PASSWORD'),
  securityToken: both('SECURITY_TOKEN'),
  consumerKey: both('CONSUMER_KEY', 'CLIENT_ID'),
  consumerSecret: both('CONSUMER_SECRET', 'CLIENT_SECRET'),
  accessToken: both('ACCESS_TOKEN'),
  refreshToken: both('REFRESH_TOKEN'),
  loginUrl: both('LOGIN_URL'),
  instanceUrl: both('INSTANCE_URL'),
  privateKey: both('PRIVATE_KEY', 'JWT_PRIVATE_KEY'),
  certificate: both('CERTIFICATE'),
}

/** `SF_CONSUMER_KEY` for `consumerKey`; a field nobody has a usual name for becomes `SF_ITS_NAME`. */
export const usualName = (field: string): string =>
  usualNames[field]?.[0] ?? `SF_${field.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`
