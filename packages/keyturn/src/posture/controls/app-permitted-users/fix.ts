import { appFix } from '../../fix/app-fix.ts'
import { usersAmong, usesOfApp } from '../../fix/app-uses.ts'
import { coverOf } from '../../fix/permitted-cover.ts'
import { permittedUsersEdit } from '../../fix/permitted-users-edit.ts'
import { appSubject } from '../app-control.ts'

export const fix = appFix({
  control: 'app-permitted-users',
  changedBy: 'org',
  mend: (app, { snapshot, facts }) => {
    if (app.permittedUsers.is === 'known' && app.permittedUsers.value === 'admin')
      return 'Nobody is permitted. To name somebody opens it, and a fix opens nothing: name a permission set in its policies, or block it.'
    const uses = usesOfApp(app, snapshot)
    if (typeof uses === 'string') return uses
    const users = usersAmong(uses)
    if (users.length === 0)
      return 'Nobody was seen using it, so that nobody could be named: block it, or name a permission set in its policies.'
    const cover = coverOf(users, facts)
    if (typeof cover === 'string') return cover
    const named = [
      ...cover.permissionSets.map((one) => `permission set ${one}`),
      ...cover.profiles.map((one) => `profile ${one}`),
    ]
    return {
      title: `permit it to ${named.join(', ')} only: ${cover.users.length} users, of whom ${users.length} use it`,
      edits: [permittedUsersEdit(app, cover)],
      restricts: [{ is: 'permitted-users', app: appSubject(app), users: cover.users }],
    }
  },
})
