/** Everybody who is an administrator in effect, whatever the profile is called. */
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'
import { userControl } from '../user-control.ts'

const all = ['ViewAllData', 'ModifyAllData', 'ManageUsers']

export const control = userControl({
  id: 'user-super-admins',
  title: 'Everybody who can do everything is known by name',
  severity: 'high',
  why: 'Seeing all data, changing all data and managing users together is the whole org. Such accounts are what intruders look for, and each needs somebody who can say why.',
  remedy: 'Take one of the three permissions away, or name the user in `documented` (or a waiver) with the reason.',
  effort: 'hours',
  catalogues: { sbs: ['SBS-ACS-004'] },
  profiles: { strict: { documented: [] }, sbs: { documented: [] } },
  who: 'active',
  wrong: 'can do everything, without a reason on record',
  look: ({ username, permissions }, { parameters }) =>
    given(permissions, (held) =>
      all.every((permission) => held.includes(permission)) && !listIn(parameters, 'documented').includes(username)
        ? wrong(`Holds ${all.join(', ')} together.`, {})
        : right,
    ),
})
