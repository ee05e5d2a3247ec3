/** SOAP login() after Winter ’27: only with a permission of its own. */
import { loginsByUser } from '../indexes.ts'
import { loginWay } from '../../login-way.ts'
import { apart, given, right, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'login-soap-permission',
  title: 'Who still uses SOAP login() may go on doing so after Winter ’27',
  severity: 'medium',
  why: 'From that release on login() is refused to users without Use Any API Auth: the integration stops on the day of the upgrade.',
  remedy:
    'Move the client off login() or behind Keyturn’s broker; until then give this user alone the permission, with an end.',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: {}, strict: {} },
  who: 'active',
  families: ['logins', 'permissionNames'],
  wrong: 'logins by login(), which will be refused',
  look: ({ username, permissions }, { facts: { logins, permissionNames } }) =>
    given(logins, ({ uses }) => {
      const soap = (loginsByUser(uses).get(username) ?? []).some((use) => use.worked > 0 && loginWay(use) === 'soap')
      if (!soap) return apart
      return given(permissionNames, (names) => {
        if (!names.includes('UseAnyApiAuth')) return apart
        return given(permissions, (held) =>
          held.includes('UseAnyApiAuth') ? right : wrong('Uses SOAP login() without Use Any API Auth.', {}),
        )
      })
    }),
})
