/** Shadow administrators: not called so, and able to become it. */
import { given, right, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'
import { takeover } from '../permissions.ts'
import { isInternal, userControl } from '../user-control.ts'

/** Roles and sharing rules give sight of data, and never a permission. */
const waysUp = takeover.filter((permission) => permission !== 'ManageRoles' && permission !== 'ManageSharing')

export const control = userControl({
  id: 'user-shadow-admins',
  title: 'Nobody can become an administrator without being one',
  severity: 'high',
  why: 'A permission to change permissions, code, users or metadata is every other permission one step later. Reviews look at the administrator profile, and these people are not on it.',
  remedy: 'Replace the permission by a narrower one, or name the user in `documented` (or a waiver) with the reason.',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: { documented: [] }, strict: { documented: [] } },
  who: 'people',
  wrong: 'can make themselves administrator',
  look: (user, { parameters }) =>
    given(user.permissions, (held) => {
      const found = waysUp.filter((permission) => held.includes(permission))
      const expected =
        user.systemAdministrator || !isInternal(user) || listIn(parameters, 'documented').includes(user.username)
      return found.length === 0 || expected
        ? right
        : wrong(`Holds ${found.join(', ')} without the administrator profile.`, { profile: user.profile })
    }),
})
