/** Passwords do not live for ever: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.expiration'

export const control = settingControl({
  id: 'password-expiration',
  title: 'Passwords do not live for ever',
  severity: 'medium',
  why: 'An integration’s password that never changes is known to everybody who ever set it up. Expiry does harm where nobody is there to set a new one: give such users a schedule.',
  remedy:
    'In Setup, Password Policies, let passwords expire after at most 90 days, and put machine users on a rotation schedule first.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.expiration'] },
  profiles: {
    baseline: { among: ['ThirtyDays', 'SixtyDays', 'NinetyDays'] },
    strict: { among: ['ThirtyDays', 'SixtyDays', 'NinetyDays'] },
    'health-check': {
      among: ['ThirtyDays', 'SixtyDays', 'NinetyDays'],
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
