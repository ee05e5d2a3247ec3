/** An idle session is really ended: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.forceLogoutOnSessionTimeout'

export const control = settingControl({
  id: 'logout-on-timeout',
  title: 'An idle session is really ended',
  severity: 'low',
  why: 'A session that only seems to have timed out can be picked up by whoever comes to the desk or to the cookie.',
  remedy: 'In Setup, Session Settings, force logout on session timeout.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { healthCheck: ['SessionSettings.forceLogoutOnTimeout'] },
  profiles: {
    baseline: { is: true },
    strict: { is: true },
    'health-check': {
      is: true,
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
