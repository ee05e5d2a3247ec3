/** Which path is which endpoint, under the names that faults and logs use. */
import type { SimResponse } from '../route.ts'
import { metadataRest } from '../metadata/rest-deploy.ts'
import { metadataSoap } from '../metadata/soap.ts'
import { soap } from '../soap/login.ts'
import { authorize, connectDevice } from './authorize.ts'
import type { Call } from './context.ts'
import { authConfiguration, jwks, openidConfiguration } from './discovery.ts'
import { identity, userinfo } from './identity.ts'
import { introspect } from './introspect.ts'
import { revoke } from './revoke.ts'
import { token } from './token.ts'

type Endpoint =
  | 'token'
  | 'authorize'
  | 'revoke'
  | 'introspect'
  | 'userinfo'
  | 'identity'
  | 'discovery'
  | 'soap'
  | 'metadata'
  | 'data'
  | 'other'

interface IdentityRoute {
  readonly endpoint: Endpoint
  readonly pattern: RegExp
  readonly handle: (call: Call, match: RegExpExecArray) => SimResponse
}

export const identityRoutes: readonly IdentityRoute[] = [
  { endpoint: 'token', pattern: /^\/services\/oauth2\/token$/, handle: token },
  { endpoint: 'authorize', pattern: /^\/services\/oauth2\/authorize$/, handle: authorize },
  { endpoint: 'authorize', pattern: /^\/setup\/connect$/, handle: connectDevice },
  { endpoint: 'revoke', pattern: /^\/services\/oauth2\/revoke$/, handle: revoke },
  { endpoint: 'introspect', pattern: /^\/services\/oauth2\/introspect$/, handle: introspect },
  { endpoint: 'userinfo', pattern: /^\/services\/oauth2\/userinfo$/, handle: userinfo },
  { endpoint: 'discovery', pattern: /^\/id\/keys$/, handle: jwks },
  {
    endpoint: 'identity',
    pattern: /^\/id\/([A-Za-z0-9]{15,18})\/([A-Za-z0-9]{15,18})$/,
    handle: (call, m) => identity(call, m[1] ?? '', m[2] ?? ''),
  },
  { endpoint: 'discovery', pattern: /^\/\.well-known\/openid-configuration$/, handle: openidConfiguration },
  { endpoint: 'discovery', pattern: /^\/\.well-known\/auth-configuration$/, handle: authConfiguration },
  {
    endpoint: 'metadata',
    pattern: /^\/services\/Soap\/m\/(\d+\.\d)(?:\/.*)?$/,
    handle: (call, m) => metadataSoap(call, m[1] ?? ''),
  },
  {
    endpoint: 'metadata',
    pattern: /^\/services\/data\/v(\d+\.\d)\/metadata\/deployRequest(?:\/([A-Za-z0-9]{15,18}))?\/?$/,
    handle: (call, m) => metadataRest(call, m[1] ?? '', m[2]),
  },
  {
    endpoint: 'soap',
    pattern: /^\/services\/Soap\/([uc])\/(\d+\.\d)(?:\/.*)?$/,
    handle: (call, m) => soap(call, m[1] === 'u' ? 'partner' : 'enterprise', m[2] ?? ''),
  },
]

export const endpointOf = (path: string): Endpoint =>
  identityRoutes.find((route) => route.pattern.test(path))?.endpoint ??
  (path.startsWith('/services/data') ? 'data' : 'other')
