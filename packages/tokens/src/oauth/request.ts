/**
 * The bodies of the requests Keyturn sends to `/services/oauth2/token`. Pure; sending is the wire's.
 */
import { createPrivateKey, createSign } from 'node:crypto'
import { KeyturnError } from '../errors.ts'
import { Secret } from '../secret.ts'

export const TOKEN_PATH = '/services/oauth2/token'

/** application/x-www-form-urlencoded; what is undefined is left out. */
export const formBody = (fields: Readonly<Record<string, string | Secret | undefined>>): Secret => {
  const body = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) body.set(name, typeof value === 'string' ? value : value.reveal())
  }
  return new Secret(body.toString())
}

/** RFC 6749 §6. The secret goes along whenever there is one: Salesforce validates it even where it is optional. */
export const refreshBody = (refreshToken: Secret, clientId: string, clientSecret: Secret | null): Secret =>
  formBody({
    grant_type: 'refresh_token',
    refresh_token: refreshToken.reveal(),
    client_id: clientId,
    client_secret: clientSecret?.reveal(),
    format: 'json',
  })

/** RFC 6749 §4.1.3 with PKCE (RFC 7636 §4.5). */
export const codeBody = (code: {
  readonly code: string
  readonly redirectUri: string
  readonly codeVerifier?: string
  readonly clientId: string
  readonly clientSecret: Secret | null
}): Secret =>
  formBody({
    grant_type: 'authorization_code',
    code: code.code,
    redirect_uri: code.redirectUri,
    code_verifier: code.codeVerifier,
    client_id: code.clientId,
    client_secret: code.clientSecret?.reveal(),
    format: 'json',
  })

/** RFC 6749 §4.4. Works on My Domain hosts only. */
export const clientCredentialsBody = (clientId: string, clientSecret: Secret): Secret =>
  formBody({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret.reveal(),
    format: 'json',
  })

/** RFC 7523 §2.1. Salesforce takes the assertion alone. */
export const jwtBearerBody = (assertion: Secret): Secret =>
  formBody({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion.reveal(), format: 'json' })

/** The audience Salesforce checks: the login host's own name (Help, "OAuth 2.0 JWT Bearer Flow"). */
export const audienceOf = (loginUrl: string): string => {
  const { hostname, origin } = new URL(loginUrl)
  if (hostname === 'test.salesforce.com' || hostname.endsWith('.sandbox.my.salesforce.com'))
    return 'https://test.salesforce.com'
  if (hostname === 'login.salesforce.com' || hostname.endsWith('.my.salesforce.com'))
    return 'https://login.salesforce.com'
  return origin
}

const ASSERTION_LIFE_S = 180

/** RS256 over iss, sub, aud, exp: three minutes, in seconds. `now` is epoch ms. Throws CONFIG_INVALID on a bad key. */
export const assertion = (claims: {
  readonly clientId: string
  readonly username: string
  readonly audience: string
  readonly privateKey: Secret
  readonly now: number
  readonly id: string
}): Secret => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = encode({ alg: 'RS256', typ: 'JWT' })
  const payload = encode({
    iss: claims.clientId,
    sub: claims.username,
    aud: claims.audience,
    exp: Math.floor(claims.now / 1000) + ASSERTION_LIFE_S,
    jti: claims.id,
  })
  try {
    const key = createPrivateKey(claims.privateKey.reveal())
    const signature = createSign('RSA-SHA256').update(`${head}.${payload}`).sign(key).toString('base64url')
    return new Secret(`${head}.${payload}.${signature}`)
  } catch {
    // The cause would quote key material; the kind of problem is enough.
    throw new KeyturnError(
      'CONFIG_INVALID',
      'The private key for JWT bearer is not a readable, unencrypted RSA key in PEM form',
      {
        fix: 'Give a PEM file that starts with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY.',
      },
    )
  }
}
