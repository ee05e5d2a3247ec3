/** Who is never asked for a code on a new device. */
import { holdersControl } from '../holders-control.ts'

export const permission = 'SkipIdentityConfirmation'

export const control = holdersControl({
  id: 'user-skip-identity',
  title: 'Everybody is asked who they are on a new device',
  severity: 'medium',
  why: 'The code on a new device is what stops a password that was tried from elsewhere; this permission switches it off for its holder.',
  remedy: 'Take the permission away; give integrations login IP ranges instead.',
  effort: 'minutes',
  catalogues: {},
  profiles: { baseline: { documented: [] }, strict: { documented: [] } },
  permission,
  wrong: 'no question on a new device',
})
