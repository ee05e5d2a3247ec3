/** Idle sessions end within two hours: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.sessionTimeout'

export const control = settingControl({
  id: 'session-timeout',
  title: 'Idle sessions end within two hours',
  severity: 'low',
  why: 'Every stolen session id lives as long as it is let.',
  remedy:
    'In Setup, Session Settings, set the timeout to two hours or less; integrations get new access tokens by themselves.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { healthCheck: ['SessionSettings.timeout'] },
  profiles: {
    baseline: { among: ['FifteenMinutes', 'ThirtyMinutes', 'SixtyMinutes', 'NinetyMinutes', 'TwoHours'] },
    strict: { among: ['FifteenMinutes', 'ThirtyMinutes', 'SixtyMinutes', 'NinetyMinutes', 'TwoHours'] },
    'health-check': {
      among: ['FifteenMinutes', 'ThirtyMinutes', 'SixtyMinutes', 'NinetyMinutes', 'TwoHours'],
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
