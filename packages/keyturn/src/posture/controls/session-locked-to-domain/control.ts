/** Sessions only work in the domain they began in: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.lockSessionsToDomain'

export const control = settingControl({
  id: 'session-locked-to-domain',
  title: 'Sessions only work in the domain they began in',
  severity: 'high',
  why: 'A session id that leaks through another domain of the org, a site for example, would otherwise open the rest of it.',
  remedy: 'In Setup, Session Settings, lock sessions to the domain in which they were first used.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.lockSessionsToDomain'], shr: ['shr_session_settings'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
