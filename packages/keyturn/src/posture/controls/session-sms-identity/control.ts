/** A text message can confirm a new device: one setting of the org. */
import { settingControl } from '../setting-control.ts'

export const path = 'Security.sessionSettings.enableSMSIdentity'

export const control = settingControl({
  id: 'session-sms-identity',
  title: 'A text message can confirm a new device',
  severity: 'low',
  why: 'People without another method registered would be let in on a new device with less, or be locked out. A code by text is weak, so it should be the least that is used, never the only one.',
  remedy:
    'In Setup, Session Settings, enable the text message method of device activation, and register stronger methods.',
  effort: 'minutes',
  path,
  catalogues: { healthCheck: ['SessionSettings.enableSmsIdentity'] },
  profiles: { baseline: { is: true }, strict: { is: true }, 'health-check': { is: true } },
})
