/** Changing the mail address asks who you are: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.identityConfirmationOnEmailChange'

export const control = settingControl({
  id: 'verify-email-change',
  title: 'Changing the mail address asks who you are',
  severity: 'low',
  why: 'Reset links and security tokens go to that address: changing it is taking over the account.',
  remedy: 'In Setup, Identity Verification, require identity verification for a change of the email address.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.icOnEmailChange'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
