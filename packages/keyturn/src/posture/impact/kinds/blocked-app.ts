/** The app is blocked: every session, login and token of it ends. */
import type { Judge } from '../judge.ts'
import { certain, matched } from '../judge.ts'

export const blockedApp: Judge<'blocked-app'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app }, seen) => {
    const match = seen.apps.of(app)
    return (use) => matched(match(use), certain('The app would be blocked.'))
  },
}
