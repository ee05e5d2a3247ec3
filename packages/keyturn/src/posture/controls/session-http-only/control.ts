/** Scripts cannot read the session cookie: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.requireHttpOnly'

export const control = settingControl({
  id: 'session-http-only',
  title: 'Scripts cannot read the session cookie',
  severity: 'high',
  why: 'One script that was injected anywhere in the org could carry the session id away.',
  remedy:
    'In Setup, Session Settings, require the HttpOnly attribute. Look for pages of your own that read the cookie first.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.requireHttpOnly'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
