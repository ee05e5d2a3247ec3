/** Passwords mix kinds of characters: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.passwordPolicies.complexity'

export const control = settingControl({
  id: 'password-complexity',
  title: 'Passwords mix kinds of characters',
  severity: 'medium',
  why: 'Words and years are what guessing begins with.',
  remedy: 'In Setup, Password Policies, require at least three of the four kinds of characters.',
  effort: 'minutes',
  path,
  perProfile: true,
  catalogues: { shr: ['shr_manage_user_passwords'], healthCheck: ['PasswordPolicies.complexity'] },
  profiles: {
    baseline: {
      among: [
        'SpecialCharacters',
        'UpperLowerCaseNumeric',
        'UpperLowerCaseNumericSpecialCharacters',
        'Any3UpperLowerCaseNumericSpecialCharacters',
      ],
    },
    strict: {
      among: ['UpperLowerCaseNumericSpecialCharacters', 'Any3UpperLowerCaseNumericSpecialCharacters'],
      because: 'the hardening pages ask for three of four kinds',
    },
    'health-check': {
      among: [
        'SpecialCharacters',
        'UpperLowerCaseNumeric',
        'UpperLowerCaseNumericSpecialCharacters',
        'Any3UpperLowerCaseNumericSpecialCharacters',
      ],
      overrides: false,
      because: 'Health Check looks at the org alone, not at what profiles set instead',
    },
  },
})
