/** Login IP ranges hold for every request: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enforceIpRangesEveryRequest'

export const control = settingControl({
  id: 'login-ip-every-request',
  title: 'Login IP ranges hold for every request',
  severity: 'medium',
  why: 'Checked at login only, a session id that is carried off works from anywhere; the ranges of a profile protect nothing after the first minute.',
  remedy:
    'In Setup, Session Settings, enforce login IP ranges on every request. Look at the addresses in use first: this ends sessions that move.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.enforceLoginIp'], shr: ['shr_limit_login_ip_ranges'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
