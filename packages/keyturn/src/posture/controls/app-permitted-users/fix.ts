import { appFix } from '../../fix/app-fix.ts'
import { seenIn, usersAmong, usesOfApp } from '../../fix/app-uses.ts'
import { ownPermissionSet } from '../../fix/own-permission-set.ts'
import { coverOf } from '../../fix/permitted-cover.ts'
import { permittedUsersEdit } from '../../fix/permitted-users-edit.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-permitted-users',
  changedBy: 'org',
  mend: (app, { snapshot, facts }) => {
    const uses = usesOfApp(app, snapshot)
    if (typeof uses === 'string') return uses
    const users = usersAmong(uses)
    if (users.length === 0)
      return 'Nobody was seen using it, so that nobody could be named: block it, or name a permission set in its policies.'
    const cover = coverOf(users, facts)
    if (typeof cover === 'string') return cover
    // A set that these people have and nobody else was made for them; any other only happens to be theirs.
    const isTheirs =
      cover.permissionSets.length === 1 && cover.profiles.length === 0 && cover.users.length === users.length
    const seen = seenIn(snapshot)
    const known = users.flatMap((user) => seen.userOf(user) ?? [])
    const own = isTheirs ? null : ownPermissionSet(app, known, facts)
    if (typeof own === 'string') return own
    const name = own?.name ?? cover.permissionSets[0] ?? ''
    return {
      title: `permit it to the permission set ${name} only, which ${own === null ? 'those who use it have' : `is made for the ${users.length} who use it`}`,
      edits: [...(own === null ? [] : [own.edit]), permittedUsersEdit(app, { permissionSets: [name], profiles: [] })],
      records: own?.records ?? [],
      restricts: [{ is: 'permitted-users', app: appSubject(app), users }],
      ...(own === null
        ? {}
        : { untold: ['whose refresh falls into the seconds before the permission set is assigned to them'] }),
    }
  },
})
