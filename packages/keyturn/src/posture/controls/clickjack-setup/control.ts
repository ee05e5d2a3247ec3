/** Setup pages cannot be framed: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableClickjackSetup'

export const control = settingControl({
  id: 'clickjack-setup',
  title: 'Setup pages cannot be framed',
  severity: 'high',
  why: 'A page that frames Setup invisibly can make an administrator click on a permission or an app approval.',
  remedy:
    'In Setup, Session Settings, switch on the clickjack protection of Setup pages. Pages that must be embedded are allowed by domain.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.clickjackSetup'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
