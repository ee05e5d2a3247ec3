/**
 * Does a user name with this password (and this security token behind it) sign in? By SOAP login() or by the OAuth
 * username-password flow, the two ways that take a security token. What was opened by trying is closed again.
 *
 * Each wrong try counts towards the user’s lockout, so callers decide how many there are.
 */
import { Secret } from '@keyturn/tokens'
import { formBody, request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import { soapCall } from './soap-call.ts'

export type LoginTried =
  | { readonly is: 'in' }
  /** Right, and the org wants a new one before anything else. */
  | { readonly is: 'expired' }
  /** The password is right; from this address the security token must stand behind it. */
  | { readonly is: 'token-wanted' }
  | { readonly is: 'refused'; readonly code: string; readonly why: string }
  /** Not from this address, or not at this hour. */
  | { readonly is: 'restricted'; readonly code: string; readonly why: string }
  /** This way in is not open in this org. */
  | { readonly is: 'closed'; readonly code: string; readonly why: string }
  | { readonly is: 'unclear'; readonly why: string }

export type Via =
  | { readonly by: 'soap' }
  | { readonly by: 'password-flow'; readonly clientId: string; readonly clientSecret: Secret | null }

interface Login {
  readonly loginUrl: string
  readonly username: string
  readonly password: Secret
  readonly securityToken?: Secret | null
}

/** As Salesforce wants it: one after the other, nothing between. */
const joined = ({ password, securityToken }: Login): Secret =>
  securityToken == null ? password : new Secret(password.reveal() + securityToken.reveal())

export const tryLogin = (network: Network, via: Via, login: Login): Promise<LoginTried> =>
  via.by === 'soap' ? bySoap(network, login) : byPasswordFlow(network, via, login)

const disabled = /disabled|not available|not enabled|not supported/i

const faultOf = (code: string, why: string): LoginTried => {
  if (code === 'LOGIN_MUST_USE_SECURITY_TOKEN') return { is: 'token-wanted' }
  if (code === 'LOGIN_DURING_RESTRICTED_DOMAIN' || code === 'LOGIN_DURING_RESTRICTED_TIME')
    return { is: 'restricted', code, why }
  if (code === 'INVALID_LOGIN' || code === 'PASSWORD_LOCKOUT') return { is: 'refused', code, why }
  if (code === 'UNSUPPORTED_API_VERSION' || code === 'API_DISABLED_FOR_ORG' || disabled.test(why))
    return { is: 'closed', code, why }
  return { is: 'unclear', why: `${code}: ${why}` }
}

const bySoap = async (network: Network, login: Login): Promise<LoginTried> => {
  const fields = { username: login.username, password: joined(login) }
  const answer = await soapCall(network, login.loginUrl, { operation: 'login', fields })
  if (answer.is === 'unclear') return answer
  if (answer.is === 'fault') return faultOf(answer.code, answer.message)
  const session = answer.field('sessionId')
  if (session === null) return { is: 'unclear', why: 'login() answered without a session' }
  if (answer.field('passwordExpired') === 'true') return { is: 'expired' }
  await soapCall(network, login.loginUrl, { operation: 'logout', fields: {}, session }).catch(() => undefined)
  return { is: 'in' }
}

const byPasswordFlow = async (
  network: Network,
  { clientId, clientSecret }: Extract<Via, { readonly by: 'password-flow' }>,
  login: Login,
): Promise<LoginTried> => {
  const form = (fields: Readonly<Record<string, string | Secret>>, path: string) =>
    request(
      new URL(path, login.loginUrl),
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: formBody(fields),
        timeout: 30_000,
      },
      network,
    )
  const { status, body } = await form(
    {
      grant_type: 'password',
      client_id: clientId,
      ...(clientSecret === null ? {} : { client_secret: clientSecret }),
      username: login.username,
      password: joined(login),
    },
    '/services/oauth2/token',
  )
  const answer = jsonOf(body)
  const { access_token: token } = answer
  if (status === 200 && typeof token === 'string') {
    await form({ token: new Secret(token) }, '/services/oauth2/revoke').catch(() => undefined)
    return { is: 'in' }
  }
  const [code, why] = [String(answer['error'] ?? `HTTP ${status}`), String(answer['error_description'] ?? '')]
  if (status >= 500 || status === 429 || answer['error'] === undefined) return { is: 'unclear', why: code }
  if (/ip restricted|login hours/i.test(why)) return { is: 'restricted', code, why }
  if (/rate exceeded/i.test(why)) return { is: 'unclear', why }
  // Of a wrong password, a missing token and a flow that is off, the answer is the same.
  if (code === 'invalid_grant') return { is: 'refused', code, why }
  return { is: 'closed', code, why }
}

const jsonOf = (body: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof read === 'object' && read !== null ? { ...read } : {}
  } catch {
    return {}
  }
}
