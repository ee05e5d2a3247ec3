/** Registering a second factor asks who you are: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.identityConfirmationOnTwoFactorRegistrationEnabled'

export const control = settingControl({
  id: 'verify-mfa-registration',
  title: 'Registering a second factor asks who you are',
  severity: 'low',
  why: 'Who has the password alone could register a factor of their own and be trusted from then on.',
  remedy: 'In Setup, Identity Verification, require identity verification when a method is registered.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.icOn2faRegistration'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
