/** Few wrong passwords lock the account: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.maxLoginAttempts'

export const control = settingControl({
  id: 'password-max-attempts',
  title: 'Few wrong passwords lock the account',
  severity: 'high',
  why: 'Passwords from other sites’ leaks are tried in bulk; the lock is what stops it.',
  remedy: 'In Setup, Password Policies, lock after three wrong attempts.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.maxLoginAttempts'] },
  profiles: {
    baseline: {
      among: ['ThreeAttempts', 'FiveAttempts'],
      because: 'five is a warning in the baseline of Health Check, and keeps help desks alive',
    },
    strict: { among: ['ThreeAttempts'] },
    'health-check': {
      among: ['ThreeAttempts'],
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
