/** Permitted users: who may use an app is decided by an administrator, not by each person at the consent page. */
import { appControl } from '../app-control.ts'
import { given, right, wrong } from '../looks.ts'

export const control = appControl({
  id: 'app-permitted-users',
  title: 'Administrators decide who may use an app',
  severity: 'critical',
  why: 'Where people may authorise themselves, one caller who talks one of them through the consent page has a token.',
  remedy:
    'Set permitted users to pre-authorised by administrators and give the app a permission set, after listing who uses it: everybody without the permission set is cut off at once.',
  effort: 'hours',
  catalogues: { checklist: ['1'], sbs: ['SBS-OAUTH-002'] },
  profiles: { integration: {}, baseline: {}, strict: {}, sbs: {} },
  wrong: 'people authorise themselves, or nobody is named',
  changedBy: 'org',
  look: ({ permittedUsers, permittedProfiles, permittedPermissionSets }) =>
    given(permittedUsers, (who) => {
      if (who === 'all') return wrong('Everybody may authorise it for themselves.', { permittedUsers: 'all' })
      return given(permittedProfiles, (profiles) =>
        given(permittedPermissionSets, (sets) =>
          profiles.length + sets.length > 0
            ? right
            : wrong('Nobody is permitted: no profile and no permission set names it, so nobody can use it.', {
                permittedUsers: 'admin',
              }),
        ),
      )
    }),
})
