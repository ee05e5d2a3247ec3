/** Users are frozen or deactivated: whatever logs in as them stops. */
import type { Judge } from '../judge.ts'
import { certain, possible } from '../judge.ts'
import { lower } from '../seen.ts'

export const usersOff: Judge<'users-off'> = {
  needs: ['tokens', 'logins'],
  prepare: ({ users }) => {
    const off = new Set(users.map(lower))
    return (use) => {
      if (use.user === null) return possible('As whom it logs in nobody can say.')
      return off.has(use.who) ? certain('Its user would be switched off.') : null
    }
  },
}
