/** The OAuth user-agent flow is blocked: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'OauthOidc.blockOAuthUsrAgtFlow'

export const control = settingControl({
  id: 'oauth-user-agent-flow-blocked',
  title: 'The OAuth user-agent flow is blocked',
  severity: 'high',
  why: 'It delivers tokens in the address of a page, where history, referrers and scripts read them.',
  remedy:
    'In Setup, OAuth and OpenID Connect Settings, block the user-agent flow; browser applications use the web-server flow with PKCE.',
  effort: 'days',
  path,
  catalogues: { shr: ['shr_oauth_and_openid_connect_settings'] },
  profiles: { baseline: { is: true }, strict: { is: true } },
})
