/** Leaving for a foreign site is announced: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.redirectionWarning'

export const control = settingControl({
  id: 'redirect-warning',
  title: 'Leaving for a foreign site is announced',
  severity: 'info',
  why: 'A link of the trusted domain that leads away without a word is what phishing mails are made of.',
  remedy: 'In Setup, Session Settings, warn before people are sent to an untrusted external address.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.redirectionAllowUntrusted'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
