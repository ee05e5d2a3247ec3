/** A new password stays for a day: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.minimumPasswordLifetime'

export const control = settingControl({
  id: 'password-min-lifetime',
  title: 'A new password stays for a day',
  severity: 'medium',
  why: 'Who can change it again at once cycles through the history back to the old one.',
  remedy: 'In Setup, Password Policies, require a minimum lifetime of one day.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.minOneDayPasswordLifetime'] },
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
