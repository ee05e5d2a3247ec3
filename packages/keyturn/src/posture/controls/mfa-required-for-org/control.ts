/** The org asks everybody for a second factor: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableMFADirectUILoginOptIn'

export const control = settingControl({
  id: 'mfa-required-for-org',
  title: 'The org asks everybody for a second factor',
  severity: 'high',
  why: 'A password that was phished or reused opens the org as soon as nothing else is asked for.',
  remedy:
    'In Setup, Identity Verification, require multi-factor authentication for all direct logins to the user interface. See first who has no method registered.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['Identity.mfaEnabled'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
