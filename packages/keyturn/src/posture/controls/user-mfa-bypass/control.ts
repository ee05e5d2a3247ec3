/** Who is let in without a second factor. */
import { holdersControl } from '../holders-control.ts'

export const permission = 'BypassMFAForUiLogins'

export const control = holdersControl({
  id: 'user-mfa-bypass',
  title: 'Nobody is let in without a second factor',
  severity: 'critical',
  why: 'An exemption that was meant for a test or a machine makes a person’s password a key to the org again.',
  remedy: 'Take the permission away; machines use API-only users, tests a registered method.',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: { documented: [] }, strict: { documented: [] } },
  permission,
  wrong: 'no second factor is asked for at the user interface',
})
