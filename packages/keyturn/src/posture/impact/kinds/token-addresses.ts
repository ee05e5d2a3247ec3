/** The refresh-token allowlist of an app: from elsewhere neither its web-server flow nor its refresh tokens work. */
import type { Judge } from '../judge.ts'
import { matched, possible } from '../judge.ts'
import { byAddress } from '../tied-address.ts'

export const tokenAddresses: Judge<'token-addresses'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app, ranges }, seen) => {
    const match = seen.apps.of(app)
    return (use) => {
      if (use.kind !== 'oauth') return null
      if (use.flow === 'client-credentials' || use.flow === 'token-exchange') return null
      // Of our own account it is known to be a JWT.
      if (use.from === 'self' && use.flow === 'unsaid') return null
      const verdict = byAddress(use, ranges, seen)
      // JWT bearer has no refresh token, and the device flow does.
      const unsure = verdict?.is === 'certain' && use.flow === 'unsaid'
      return matched(match(use), unsure ? possible(`${verdict.why} By which flow it came is not said.`) : verdict)
    }
  },
}
