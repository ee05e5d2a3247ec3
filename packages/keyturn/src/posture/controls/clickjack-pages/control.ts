/** Salesforce pages outside Setup cannot be framed: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableClickjackNonsetupSFDC'

export const control = settingControl({
  id: 'clickjack-pages',
  title: 'Salesforce pages outside Setup cannot be framed',
  severity: 'high',
  why: 'A page that frames the application invisibly can make a person click on what they do not see, with their rights.',
  remedy:
    'In Setup, Session Settings, switch on the clickjack protection of Salesforce pages outside Setup. Pages that must be embedded are allowed by domain.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.clickjackNonSetup'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
