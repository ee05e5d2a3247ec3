/** Passwords are long: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.minimumPasswordLength'

export const control = settingControl({
  id: 'password-length',
  title: 'Passwords are long',
  severity: 'medium',
  why: 'Length is what makes guessing and cracking expensive.',
  remedy: 'In Setup, Password Policies, require at least the length that is asked for.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.minPasswordLength'] },
  profiles: {
    baseline: { atLeast: 8, because: 'what Health Check asks for' },
    strict: { atLeast: 12, because: 'what the hardening pages ask for' },
    'health-check': {
      atLeast: 8,
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
