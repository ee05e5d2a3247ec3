/** How many people an app's profiles and permission sets reach, against how many it is for. */
import { counted } from '../counted.ts'
import { appControl } from '../app-control.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

export const control = appControl({
  id: 'app-permitted-narrow',
  title: 'Apps are permitted to those who use them, not to whole departments',
  severity: 'medium',
  why: 'A profile of thousands named at an app makes each of them a way to a token of it.',
  remedy: 'Name a permission set of the app’s own instead of a broad profile, and assign it to those who use it.',
  effort: 'hours',
  catalogues: { shr: ['shr_manage_other_access_settings_for_a_connected_app_manage_profiles'] },
  profiles: { strict: { mostUsers: 50 } },
  wrong: 'permitted to many more than use it',
  changedBy: 'org',
  look: ({ permittedUsers, permittedUserCount, tokens }, { parameters }) =>
    given(permittedUsers, (who) => {
      if (who === 'all') return apart
      return given(permittedUserCount, (permitted) => {
        const most = numberIn(parameters, 'mostUsers', 50)
        if (permitted <= most) return right
        return given(tokens, ({ users }) =>
          permitted <= users * 2
            ? right
            : wrong(`${permitted} users are permitted; ${counted(users, 'user holds', 'users hold')} a token.`, {
                permitted,
                users,
              }),
        )
      })
    }),
})
