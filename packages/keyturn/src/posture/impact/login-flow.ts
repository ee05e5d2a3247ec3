/**
 * By which OAuth flow a login came, of its LoginSubType. The platform lists no value for JWT bearer, the device flow and
 * headless logins: a login without one may be any of these.
 */
import type { Flow, LoginUse } from '../facts.ts'
import { loginWay } from '../login-way.ts'

export type LoginFlow =
  Exclude<Flow, 'jwt-bearer' | 'device' | 'code-credential'> | 'refresh' | 'oauth-password' | 'unsaid'

/** What a login without a value may have been. */
export const unsaidFlows: readonly Flow[] = ['jwt-bearer', 'device', 'code-credential']

const plain = (text: string): string => text.toLowerCase().replace(/[\s\-_.]+/gu, '')

const flows: readonly (readonly [start: string, flow: LoginFlow])[] = [
  ['oauthrefreshtoken', 'refresh'],
  ['oauthhybridrefreshtoken', 'refresh'],
  ['oauthwebserver', 'web-server'],
  ['oauthhybridwebserver', 'web-server'],
  ['oauthuseragent', 'user-agent'],
  ['oauthhybriduseragent', 'user-agent'],
  ['oauthtokenexchange', 'token-exchange'],
  ['oauthhybridtokenexchange', 'token-exchange'],
  ['oauthclientcredentials', 'client-credentials'],
  ['oauthusernamepassword', 'oauth-password'],
]

/** Null: no OAuth flow at all. */
export const loginFlow = (login: Pick<LoginUse, 'type' | 'subType'>): LoginFlow | null => {
  const subType = plain(login.subType ?? '')
  const found = flows.find(([start]) => subType.startsWith(start))
  if (found !== undefined) return found[1]
  return loginWay(login) === 'oauth' ? 'unsaid' : null
}
