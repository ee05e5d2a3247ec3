/** Old passwords are not used again: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.historyRestriction'

export const control = settingControl({
  id: 'password-history',
  title: 'Old passwords are not used again',
  severity: 'medium',
  why: 'A password that leaked once is tried for years.',
  remedy: 'In Setup, Password Policies, remember at least the number of passwords that is asked for.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.history'] },
  profiles: {
    baseline: { atLeast: 3, because: 'what Health Check asks for' },
    strict: { atLeast: 5, because: 'what the hardening pages ask for' },
    'health-check': {
      atLeast: 3,
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
