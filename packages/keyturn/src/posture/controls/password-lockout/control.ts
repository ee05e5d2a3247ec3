/** A locked account stays locked long enough: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.lockoutInterval'

export const control = settingControl({
  id: 'password-lockout',
  title: 'A locked account stays locked long enough',
  severity: 'low',
  why: 'A lock of seconds only slows a guessing program down.',
  remedy: 'In Setup, Password Policies, set how long an account stays locked.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.lockoutInterval'] },
  profiles: {
    baseline: {
      among: ['FifteenMinutes', 'ThirtyMinutes', 'SixtyMinutes', 'Forever'],
      because: 'the hardening pages ask for 15 minutes',
    },
    strict: {
      among: ['ThirtyMinutes', 'SixtyMinutes', 'Forever'],
      because: 'Health Check takes 15 minutes for a warning',
    },
    'health-check': {
      among: ['ThirtyMinutes', 'SixtyMinutes', 'Forever'],
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
