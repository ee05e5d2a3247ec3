/** RFC 7009 at Salesforce: revoking a refresh token also ends the access tokens bought with it. */
import { KeyturnError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { request } from '../wire/request.ts'

/** True when Salesforce ended it, false when it knew no such token (it is as good as ended). */
export const revokeToken = async (rt: Runtime, loginUrl: string, token: Secret): Promise<boolean> => {
  const body = new Secret(new URLSearchParams({ token: token.reveal() }).toString())
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status } = await request(
    new URL('/services/oauth2/revoke', loginUrl),
    { method: 'POST', headers, body, timeout: rt.limits.wait },
    rt.net,
  )
  if (status === 200) return true
  // Help: 400 with invalid_token or unsupported_token_type.
  if (status === 400) return false
  throw new KeyturnError(
    'ANSWER_UNREADABLE',
    `The revocation endpoint answered HTTP ${status}: whether the token still lives is unknown`,
  )
}
