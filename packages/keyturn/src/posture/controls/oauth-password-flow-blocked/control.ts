/** The OAuth username-password flow is blocked: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'OauthOidc.blockOAuthUnPwFlow'

export const control = settingControl({
  id: 'oauth-password-flow-blocked',
  title: 'The OAuth username-password flow is blocked',
  severity: 'critical',
  why: 'It hands password and security token to every client that asks, knows no second factor and no consent, and ends with Winter ’27.',
  remedy:
    'In Setup, OAuth and OpenID Connect Settings, block the username-password flow after the clients that use it have moved: the logins name them, and Keyturn’s broker can carry those that cannot change.',
  effort: 'days',
  path,
  catalogues: { shr: ['shr_oauth_and_openid_connect_settings'] },
  profiles: { baseline: { is: true }, strict: { is: true } },
})
