/**
 * Refresh tokens become one-time. Who shares one loses it as soon as two use it; whether a client keeps each new token
 * nothing in an org shows, only a rehearsal does (`keyturn rtr`). What goes through the broker survives.
 */
import type { Judge, Verdict } from '../judge.ts'
import { matched, possible, unseen } from '../judge.ts'
import type { Use } from '../use.ts'

const judgeShared = (alike: readonly Use[]): Verdict => {
  const refreshes = alike.filter(({ from, flow }) => from === 'login' && flow === 'refresh')
  const clients = new Set(refreshes.flatMap(({ client }) => client ?? []))
  const addresses = new Set(refreshes.flatMap(({ address }) => address ?? []))
  if (clients.size > 1) return possible(`${clients.size} clients refresh it: they may share one token.`)
  if (addresses.size > 1) return possible(`It is refreshed from ${addresses.size} addresses: they may share one token.`)
  return [...addresses].some((one) => one === '*' || one.includes('/'))
    ? possible('From how many addresses it is refreshed was not kept: they may share one token.')
    : unseen('whether their client keeps each new refresh token nothing here shows (`keyturn rtr` tells)')
}

export const rotation: Judge<'rotation'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app }, seen) => {
    const match = seen.apps.of(app)
    // Once for all uses of a user and app: some have thousands.
    const judged = new Map<readonly Use[], Verdict>()
    return (use) => {
      // Keyturn keeps each new token before it is used.
      if (use.from === 'self' || (use.from !== 'token' && use.flow !== 'refresh')) return null
      if (match(use) === 'no') return null
      const all = seen.alike(use)
      const before = judged.get(all)
      const verdict = before === undefined ? judgeShared(all) : before
      judged.set(all, verdict)
      return matched(match(use), verdict)
    }
  },
}
