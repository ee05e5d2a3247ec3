/**
 * A session is good at the address only that it was made at. Which sessions move nobody writes down; who logs in to one
 * app from several addresses may be among them.
 */
import type { Judge } from '../judge.ts'
import { asItsUser, possible, unseen } from '../judge.ts'
import type { Use } from '../use.ts'

export const sessionAddress: Judge<'session-address'> = {
  needs: ['logins'],
  prepare: (_restriction, seen) => {
    // Once for all uses of a user and app: some have thousands.
    const moves = new Map<readonly Use[], boolean>()
    const isMoving = (alike: readonly Use[]): boolean => {
      const before = moves.get(alike)
      if (before !== undefined) return before
      const addresses = new Set(
        alike.flatMap(({ from, address }) => (from === 'login' && address !== null ? [address] : [])),
      )
      // A network or `*` stands for addresses that were not kept.
      const several = addresses.size > 1 || [...addresses].some((address) => /[/*]/u.test(address))
      moves.set(alike, several)
      return several
    }
    return (use) => {
      if (use.from === 'caller') return asItsUser
      if (use.from !== 'login') return null
      if (use.address === null) return unseen('their logins have no address')
      return isMoving(seen.alike(use))
        ? possible('It logs in from several addresses: a session that moves between them ends.')
        : null
    }
  },
}
