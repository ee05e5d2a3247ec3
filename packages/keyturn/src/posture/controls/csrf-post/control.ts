/** POST requests carry a token against forgery: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableCSRFOnPost'

export const control = settingControl({
  id: 'csrf-post',
  title: 'POST requests carry a token against forgery',
  severity: 'high',
  why: 'Without it a form on a foreign page can change data with the session of whoever opens it.',
  remedy: 'In Setup, Session Settings, enable the protection of POST requests of pages that are not Setup.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.csrfPost'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
