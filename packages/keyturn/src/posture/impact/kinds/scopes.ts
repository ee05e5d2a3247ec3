/** Scopes are taken from an app. Which of its scopes a client needs, no login and no token shows. */
import { refreshScopes } from '../../controls/refresh-tokens.ts'
import type { Judge } from '../judge.ts'
import { matched, possible } from '../judge.ts'

export const scopes: Judge<'scopes'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app, removed }, seen) => {
    const match = seen.apps.of(app)
    const onlyRefresh = removed.every((scope) => refreshScopes.includes(scope))
    return (use) => {
      // Machine flows get no refresh token, with that scope or without.
      if (onlyRefresh && (use.flow === 'client-credentials' || use.flow === 'unsaid')) return null
      return matched(match(use), possible(`Whether it needs ${removed.join(', ')} nobody can tell from what was seen.`))
    }
  },
}
