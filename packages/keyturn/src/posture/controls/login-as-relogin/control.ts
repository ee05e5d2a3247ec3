/** Who acted as another logs in again: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.forceRelogin'

export const control = settingControl({
  id: 'login-as-relogin',
  title: 'Who acted as another logs in again',
  severity: 'medium',
  why: 'When an administrator stops acting as another person the session must not fall back to one that nobody proved.',
  remedy: 'In Setup, Session Settings, force a new login after acting as another user.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.forceRelogin'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
