/** /.well-known/… and /id/keys: what a client finds out by itself. */
import type { SimResponse } from '../route.ts'
import { signingKey } from '../state/keys.ts'
import { json } from './context.ts'
import type { Call } from './context.ts'

export function openidConfiguration(call: Call): SimResponse {
  const base = call.request.baseUrl
  const oauth = `${base}/services/oauth2`
  return json(200, {
    issuer: base,
    authorization_endpoint: `${oauth}/authorize`,
    token_endpoint: `${oauth}/token`,
    revocation_endpoint: `${oauth}/revoke`,
    userinfo_endpoint: `${oauth}/userinfo`,
    jwks_uri: `${base}/id/keys`,
    introspection_endpoint: `${oauth}/introspect`,
    scopes_supported: [
      'cdp_ingest_api',
      'custom_permissions',
      'cdp_api',
      'web',
      'openid',
      'id',
      'api',
      'visualforce',
      'refresh_token',
      'offline_access',
      'chatter_api',
      'full',
      'profile',
      'email',
      'address',
      'phone',
    ],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'password',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'device',
    ],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    display_values_supported: ['page', 'popup', 'touch'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
  })
}

export const authConfiguration = (call: Call): SimResponse =>
  json(200, {
    OrgId: call.org.id,
    MyDomainConfigs: { LoginPageUrl: `${call.request.baseUrl}/`, UseNativeBrowserForAuthentication: false },
    LoginPage: { LoginPageUrl: `${call.request.baseUrl}/` },
    AuthProviders: [],
    SamlProviders: [],
  })

export function jwks(): SimResponse {
  const { kid, publicKey } = signingKey()
  return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] })
}
