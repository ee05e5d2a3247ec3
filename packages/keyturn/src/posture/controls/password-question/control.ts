/** The hint does not give the password away: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.questionRestriction'

export const control = settingControl({
  id: 'password-question',
  title: 'The hint does not give the password away',
  severity: 'low',
  why: 'Hints that contain the password are common where they are allowed.',
  remedy: 'In Setup, Password Policies, forbid that the question contains the password.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.questionRestriction'] },
  profiles: {
    baseline: { among: ['DoesNotContainPassword'] },
    strict: { among: ['DoesNotContainPassword'] },
    'health-check': {
      among: ['DoesNotContainPassword'],
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
