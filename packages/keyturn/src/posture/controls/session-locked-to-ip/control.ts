/** Sessions stay with the address they began at: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.lockSessionsToIp'

export const control = settingControl({
  id: 'session-locked-to-ip',
  title: 'Sessions stay with the address they began at',
  severity: 'medium',
  why: 'A session id that is carried off is worthless elsewhere. It ends sessions of people who move between networks, and of integrations behind changing addresses.',
  remedy:
    'In Setup, Session Settings, lock sessions to the IP address they originated from, once the addresses of integrations are known to be stable.',
  effort: 'minutes',
  path,
  catalogues: {
    healthCheck: ['SessionSettings.lockSessionsToIp'],
    shr: ['shr_session_settings'],
    tenable: ['TNS-lockSessionsToIp'],
  },
  profiles: {
    strict: { is: true },
    'health-check': { is: true, because: 'the baseline of Health Check only informs about it' },
  },
})
