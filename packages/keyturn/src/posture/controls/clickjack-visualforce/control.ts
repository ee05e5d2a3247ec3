/** Visualforce pages with headers cannot be framed: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableClickjackNonsetupUser'

export const control = settingControl({
  id: 'clickjack-visualforce',
  title: 'Visualforce pages with headers cannot be framed',
  severity: 'high',
  why: 'The company’s own pages act with the rights of who looks at them; framed by a stranger they are clicked on blindly.',
  remedy:
    'In Setup, Session Settings, switch on the clickjack protection of Visualforce pages with headers. Pages that must be embedded are allowed by domain.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.clickjackVisualForceHeaders'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
