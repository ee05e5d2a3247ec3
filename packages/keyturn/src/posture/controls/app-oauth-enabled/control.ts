/** Apps without OAuth: what connects by them uses sessions or passwords instead. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-oauth-enabled',
  title: 'Apps use OAuth',
  severity: 'low',
  why: 'What connects without OAuth uses a session id or a password: no scopes, no policy, nothing to revoke. An app that only is a single sign-on target or a canvas has no need of it.',
  remedy: 'Give apps that call the API OAuth settings; waive the others with their purpose.',
  effort: 'hours',
  catalogues: { shr: ['shr_api_enable_oauth_settings_enable_oauth_settings'] },
  profiles: { strict: {} },
  wrong: 'no OAuth settings',
  changedBy: 'owner',
  withoutOauth: true,
  look: ({ oauth }) => given(oauth, (has) => (has ? right : wrong('It has no OAuth settings.', { oauth: false }))),
})
