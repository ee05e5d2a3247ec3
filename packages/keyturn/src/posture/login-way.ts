/**
 * By which way a login came, of LoginType and LoginSubType. Queries answer labels (`Other Apex API`), the documentation
 * lists values (`OtherApi`) as well: both are understood.
 */
import type { LoginUse } from './facts.ts'

export type LoginWay = 'soap' | 'oauth-password' | 'oauth' | 'sso' | 'person' | 'other'

const plain = (text: string): string => text.toLowerCase().replace(/[\s\-_.]+/gu, '')

export const loginWay = ({ type, subType }: Pick<LoginUse, 'type' | 'subType'>): LoginWay => {
  // UsernamePasswordUiLogin is a person at the login page.
  if (plain(subType ?? '').startsWith('oauthusernamepassword')) return 'oauth-password'
  const kind = plain(type)
  if (['otherapexapi', 'otherapi', 'partnerproduct', 'partner'].includes(kind)) return 'soap'
  if (['remoteaccess20', 'remoteaccessclient', 'oauth', 'oauth2'].includes(kind)) return 'oauth'
  if (/saml|sso|thirdparty/u.test(kind)) return 'sso'
  return ['application', 'lightninglogin', 'passwordlesslogin', 'ieofflineclient', 'offlineclient'].includes(kind)
    ? 'person'
    : 'other'
}

/** How somebody comes to the user interface; `not-seen`: not within the days that were read, or by programs only. */
export type ComesBy = 'sso' | 'direct' | 'both' | 'not-seen' | 'unknown'

/** Null: logins were not read. */
export const comesBy = (uses: readonly LoginUse[] | null): ComesBy => {
  if (uses === null) return 'unknown'
  const ways = new Set(uses.filter(({ worked }) => worked > 0).map(loginWay))
  if (ways.has('sso')) return ways.has('person') ? 'both' : 'sso'
  return ways.has('person') ? 'direct' : 'not-seen'
}
