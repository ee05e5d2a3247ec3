/** People can log in with the company’s identity provider: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.singleSignOnSettings.enableSamlLogin'

export const control = settingControl({
  id: 'saml-enabled',
  title: 'People can log in with the company’s identity provider',
  severity: 'info',
  why: 'Passwords of this org alone live outside the company’s own rules for joining, leaving and second factors.',
  remedy: 'In Setup, Single Sign-On Settings, enable SAML and connect the identity provider.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['Identity.samlEnabled'] },
  profiles: { strict: { is: true }, 'health-check': { is: true } },
})
