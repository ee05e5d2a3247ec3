/**
 * Which of the two logins that take a security token is still open in an org, found without a real password: SOAP
 * login() answers for a user that doesn’t exist, and the block of the username-password flow is an org setting.
 */
import { Secret } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import type { OrgConnection } from './connection.ts'
import { ifAllowed } from './metadata-allowed.ts'
import { isOn, readComponent } from './metadata-component.ts'
import { tryLogin } from './password-login.ts'

type WayState =
  | { readonly is: 'open' }
  | { readonly is: 'closed'; readonly why: string }
  | { readonly is: 'unknown'; readonly why: string }

/** Nobody has this name, so nobody’s failed logins are counted. To be asked at the org’s own address. */
const nobody = 'keyturn-looks-whether-login-is-open@nobody.invalid'

export const soapLoginState = async (network: Network, loginUrl: string): Promise<WayState> => {
  const login = { loginUrl, username: nobody, password: new Secret('none') }
  const tried = await tryLogin(network, { by: 'soap' }, login)
  if (tried.is === 'closed') return { is: 'closed', why: tried.why }
  return tried.is === 'unclear' ? { is: 'unknown', why: tried.why } : { is: 'open' }
}

const oauthSettings = { type: 'OauthOidcSettings', fullName: 'OauthOidc' }

export const passwordFlowState = async (org: OrgConnection): Promise<WayState> => {
  const settings = await ifAllowed(async () => (await readComponent(org, oauthSettings)) ?? {})
  if (settings === null) return { is: 'unknown', why: 'this user may not read the org’s OAuth settings' }
  const { blockOAuthUnPwFlow: blocked } = settings
  if (blocked === undefined) return { is: 'unknown', why: 'this org’s settings don’t say' }
  return isOn(blocked) ? { is: 'closed', why: 'the org blocks the username-password flow' } : { is: 'open' }
}
