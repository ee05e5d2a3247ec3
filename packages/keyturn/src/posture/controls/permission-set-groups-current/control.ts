/** Permission set groups whose members do not have what the group says. */
import { listControl } from '../list-control.ts'
import { apart, right, wrong } from '../looks.ts'

export const control = listControl({
  id: 'permission-set-groups-current',
  title: 'Permission set groups give what they say',
  severity: 'medium',
  why: 'While a group is outdated or failed its members keep rights that were taken from it; every other answer about permissions rests on this.',
  remedy: 'Recalculate the group in Setup; where it fails, remove the member that it names.',
  effort: 'minutes',
  catalogues: { shr: ['shr_permission_set_groups'] },
  profiles: { baseline: {}, strict: {} },
  family: 'permissionSetGroups',
  noun: ['group in use', 'groups in use'],
  wrong: 'members have other rights than the group says',
  subject: ({ name }) => `permission-set-group:${name}`,
  look: ({ status, assigned }) => {
    if (assigned.is === 'known' && assigned.value === 0) return apart
    return status === 'Updated' ? right : wrong(`Its status is ${status}.`, { status })
  },
})
