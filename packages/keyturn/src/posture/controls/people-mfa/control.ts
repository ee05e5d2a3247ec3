/** People without a second factor registered. */
import { loginsByUser } from '../indexes.ts'
import { loginWay } from '../../login-way.ts'
import { given, right, unsure, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'people-mfa',
  title: 'Every person has a second factor',
  severity: 'high',
  why: 'Without one a phished password is a login; and on the day the org demands it these people are locked out.',
  remedy: 'Ask these people to register a method before the org’s switch is turned.',
  effort: 'days',
  catalogues: {},
  profiles: { baseline: {}, strict: {} },
  who: 'people',
  families: ['logins'],
  wrong: 'no second factor is registered',
  look: ({ username, mfaMethods }, { facts: { logins } }) =>
    given(mfaMethods, (methods) => {
      // A temporary code is a way back in, no factor of its own.
      if (methods.some((method) => method !== 'temporary-code')) return right
      const uses = logins.is === 'known' ? (loginsByUser(logins.value.uses).get(username) ?? []) : []
      const bySingle = uses.length > 0 && uses.every((use) => loginWay(use) === 'sso')
      return bySingle
        ? unsure('Comes through the identity provider, whose second factor is not read here.')
        : wrong('No method is registered.', { methods: methods.join(' ') })
    }),
})
