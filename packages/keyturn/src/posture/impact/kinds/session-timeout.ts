/**
 * Sessions end earlier when nobody uses them. Who has a refresh token gets the next one by itself; whether a program that
 * logged in without one logs in again, instead of failing in the middle of its work, no login shows.
 */
import type { Match } from '../app-match.ts'
import type { Judge } from '../judge.ts'
import { asItsUser, unseen } from '../judge.ts'

export const sessionTimeout: Judge<'session-timeout'> = {
  needs: ['users', 'logins'],
  prepare: ({ app, profile }, seen) => {
    const match = app === null ? (): Match => 'yes' : seen.apps.of(app)
    return (use) => {
      if (match(use) === 'no') return null
      if (profile !== null && ![undefined, profile].includes(seen.userOf(use.user)?.profile)) return null
      if (use.from === 'caller') return asItsUser
      if (use.from !== 'login') return null
      const again =
        use.kind === 'soap' ||
        use.kind === 'oauth-password' ||
        use.flow === 'client-credentials' ||
        use.flow === 'token-exchange' ||
        use.flow === 'unsaid'
      return again ? unseen('whether their program logs in again when its session has ended between two uses') : null
    }
  },
}
