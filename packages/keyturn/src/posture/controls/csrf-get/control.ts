/** GET requests carry a token against forgery: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableCSRFOnGet'

export const control = settingControl({
  id: 'csrf-get',
  title: 'GET requests carry a token against forgery',
  severity: 'high',
  why: 'Without it a link or an image on a foreign page can make a request with the session of whoever opens it.',
  remedy: 'In Setup, Session Settings, enable the protection of GET requests of pages that are not Setup.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.csrfGet'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
