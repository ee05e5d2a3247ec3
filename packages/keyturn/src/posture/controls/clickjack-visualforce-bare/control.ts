/** Visualforce pages without headers cannot be framed: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableClickjackNonsetupUserHeaderless'

export const control = settingControl({
  id: 'clickjack-visualforce-bare',
  title: 'Visualforce pages without headers cannot be framed',
  severity: 'high',
  why: 'Pages without the standard header are the likeliest to be embedded, and the likeliest to be framed by a stranger.',
  remedy:
    'In Setup, Session Settings, switch on the clickjack protection of Visualforce pages without headers. Pages that must be embedded are allowed by domain.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.clickjackVisualForceNoHeaders'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
