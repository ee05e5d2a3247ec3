/** People without a second factor registered. */
import { given, right } from '../looks.ts'
import { wrongUnlessElsewhere } from '../second-factor.ts'
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
  look: ({ username, mfaMethods }, { facts }) =>
    given(mfaMethods, (methods) =>
      // A temporary code is a way back in, no factor of its own.
      methods.some((method) => method !== 'temporary-code')
        ? right
        : wrongUnlessElsewhere(username, facts, 'No method is registered.', { methods: methods.join(' ') }),
    ),
})
