/** An administrator decides who may use the app: whoever isn't named loses logins and tokens alike, at once. */
import type { Judge } from '../judge.ts'
import { certain, matched, possible } from '../judge.ts'
import { lower } from '../seen.ts'

export const permittedUsers: Judge<'permitted-users'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app, users }, seen) => {
    const match = seen.apps.of(app)
    const permitted = new Set(users.map(lower))
    return (use) => {
      if (permitted.has(use.who)) return null
      if (use.user === null) return matched(match(use), possible('As whom it logs in nobody can say.'))
      return matched(match(use), certain('It would not be permitted to use the app.'))
    }
  },
}
