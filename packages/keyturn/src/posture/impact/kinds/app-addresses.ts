/** The app’s IP relaxation ends: its users are held to the login ranges of their profiles, where these have any. */
import type { Judge } from '../judge.ts'
import { matched, unseen } from '../judge.ts'
import { byAddress } from '../tied-address.ts'

export const appAddresses: Judge<'app-addresses'> = {
  needs: ['apps', 'users', 'profiles', 'tokens', 'logins'],
  prepare: ({ app }, seen) => {
    const match = seen.apps.of(app)
    return (use) => {
      if (use.kind !== 'oauth' || match(use) === 'no') return null
      const profile = seen.profileOf(use.user)
      if (profile === undefined || profile.loginRanges.is === 'unknown')
        return unseen('the login ranges of their profiles were not read')
      const ranges = profile.loginRanges.value
      return ranges.length === 0 ? null : matched(match(use), byAddress(use, ranges, seen))
    }
  },
}
