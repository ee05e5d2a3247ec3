/**
 * Refresh tokens become one-time. Who shares one loses it as soon as two use it; whether a client keeps each new token
 * nothing in an org shows, only a rehearsal does (`keyturn rtr`). What goes through the broker survives.
 */
import type { Judge } from '../judge.ts'
import { matched, possible, unseen } from '../judge.ts'
import { isShutOut } from '../seen.ts'

export const rotation: Judge<'rotation'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app }, seen) => {
    const match = seen.apps.of(app)
    return (use) => {
      if (use.from !== 'token' && use.flow !== 'refresh') return null
      if (isShutOut(seen, use.user) || match(use) === 'no') return null
      const refreshes = seen.alike(use).filter(({ from, flow }) => from === 'login' && flow === 'refresh')
      const clients = new Set(refreshes.flatMap(({ client }) => client ?? []))
      const addresses = new Set(refreshes.flatMap(({ address }) => address ?? []))
      const hidden = [...addresses].find((one) => one === '*' || one.includes('/'))
      if (clients.size > 1)
        return matched(match(use), possible(`${clients.size} clients refresh it: they may share one token.`))
      if (addresses.size > 1)
        return matched(
          match(use),
          possible(`It is refreshed from ${addresses.size} addresses: they may share one token.`),
        )
      if (hidden !== undefined)
        return matched(
          match(use),
          possible('From how many addresses it is refreshed was not kept: they may share one token.'),
        )
      return unseen('whether their client keeps each new refresh token nothing here shows (`keyturn rtr` tells)')
    }
  },
}
