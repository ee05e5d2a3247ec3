/** PKCE is required of every app at once: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'OauthOidc.isPkceRequired'

export const control = settingControl({
  id: 'oauth-pkce-for-org',
  title: 'PKCE is required of every app at once',
  severity: 'high',
  why: 'One switch of the org closes code theft for apps whose own settings nobody here can change.',
  remedy:
    'In Setup, OAuth and OpenID Connect Settings, require PKCE for all supported flows, after `keyturn rtr` and the app controls show that all clients send it.',
  effort: 'days',
  path,
  catalogues: { shr: ['shr_oauth_and_openid_connect_settings'] },
  profiles: { strict: { is: true } },
})
