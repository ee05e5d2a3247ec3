import { appFix } from '../../fix/app-fix.ts'
import { usersAmong, usesOfApp } from '../../fix/app-uses.ts'
import { coverOf } from '../../fix/permitted-cover.ts'
import { permittedUsersEdit } from '../../fix/permitted-users-edit.ts'
import { appSubject } from '../app-control.ts'
import { numberIn } from '../parameters.ts'

const own =
  'Make a permission set of the app’s own, assign it to those who use it, and name it instead of the broad profile.'

export const fix = appFix({
  control: 'app-permitted-narrow',
  changedBy: 'org',
  mend: (app, { snapshot, facts, parameters }) => {
    const uses = usesOfApp(app, snapshot)
    if (typeof uses === 'string') return uses
    const { permittedProfiles, permittedPermissionSets, permittedUserCount } = app
    if (
      permittedProfiles.is === 'unknown' ||
      permittedPermissionSets.is === 'unknown' ||
      permittedUserCount.is === 'unknown'
    )
      return 'Who is permitted today was not read.'
    const users = usersAmong(uses)
    const cover = users.length === 0 ? own : coverOf(users, facts)
    if (typeof cover === 'string') return cover
    // Only of what is named already: anything else could let somebody in.
    const profileOf = new Map(
      facts.profiles.is === 'known' ? facts.profiles.value.map((one) => [one.fullName, one.name]) : [],
    )
    const shownAs = (profile: string): string => profileOf.get(profile) ?? profile
    const named =
      cover.permissionSets.every((one) => permittedPermissionSets.value.includes(one)) &&
      cover.profiles.every((one) => permittedProfiles.value.includes(shownAs(one)))
    const enough = Math.max(numberIn(parameters, 'mostUsers', 50), users.length * 2)
    if (!named || cover.users.length > enough || cover.users.length >= permittedUserCount.value) return own
    return {
      title: `permit it to ${cover.users.length} users instead of ${permittedUserCount.value}`,
      edits: [permittedUsersEdit(app, cover, shownAs)],
      restricts: [{ is: 'permitted-users', app: appSubject(app), users: cover.users }],
    }
  },
})
