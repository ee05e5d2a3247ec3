/**
 * Does the token endpoint take what this key signs? A real JWT bearer login (RFC 7523 §2.1). The session it opens is
 * left to its time-out: to revoke it could end a session that consumers share with it.
 */
import type { Clock, Secret } from '@keyturn/tokens'
import { KeyturnError } from '@keyturn/tokens'
import { TOKEN_PATH, assertion, jwtBearerBody, request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'

export interface JwtLogin {
  readonly loginUrl: string
  readonly clientId: string
  readonly username: string
  readonly audience: string
}

export type TriedKey =
  | { readonly is: 'works' }
  /** The signature is what is refused: another certificate is in force, or this one ran out. */
  | { readonly is: 'refused'; readonly why: string }
  /** The key may be good: app, user, audience or address are refused. */
  | { readonly is: 'other'; readonly why: string }
  | { readonly is: 'unclear'; readonly why: string }

interface Answer {
  readonly error?: unknown
  readonly error_description?: unknown
}

const bodyOf = (bytes: Uint8Array): Answer => {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof read === 'object' && read !== null ? read : {}
  } catch {
    return {}
  }
}

/** `invalid_grant` is everything; what is meant stands in the description (Help, "OAuth 2.0 JWT Bearer Flow Errors"). */
const aboutTheKey = (description: string): boolean =>
  /invalid assertion|signature|expired authorization code/i.test(description)

export const tryKey = async (
  { network, clock, id }: { readonly network: Network; readonly clock: Clock; readonly id: string },
  login: JwtLogin,
  privateKey: Secret,
): Promise<TriedKey> => {
  const signed = assertion({ ...login, privateKey, now: clock.wall(), id })
  let answer
  try {
    answer = await request(
      new URL(TOKEN_PATH, login.loginUrl),
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: jwtBearerBody(signed),
        timeout: 20_000,
      },
      network,
    )
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.retry === 'never') throw error
    return { is: 'unclear', why: error.message }
  }
  if (answer.status === 200) return { is: 'works' }
  const { error, error_description: said } = bodyOf(answer.body)
  if (answer.status >= 500 || answer.status === 429 || typeof error !== 'string')
    return { is: 'unclear', why: `HTTP ${answer.status}` }
  const description = typeof said === 'string' ? said : ''
  const why = `${error}: ${description}`
  return { is: aboutTheKey(description) ? 'refused' : 'other', why }
}
