/** Email templates load nothing foreign: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableCSPOnEmail'

export const control = settingControl({
  id: 'csp-email',
  title: 'Email templates load nothing foreign',
  severity: 'medium',
  why: 'Pictures and styles that a template fetches from elsewhere tell strangers who opened it, and can bring script.',
  remedy: 'In Setup, Session Settings, enable the content security policy for email templates.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.cspOnEmail'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
