/** The answer to the secret question is hidden while typed: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.obscureSecretAnswer'

export const control = settingControl({
  id: 'password-answer-obscured',
  title: 'The answer to the secret question is hidden while typed',
  severity: 'low',
  why: 'It resets the password; whoever looks over a shoulder has it.',
  remedy: 'In Setup, Password Policies, obscure the secret answer.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.obscureSecretAnswer'] },
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
