/** Where a use comes from, against ranges: the sentences that all restrictions by address share. */
import { addressWithin } from './address-within.ts'
import type { IpRange } from '../facts.ts'
import type { Verdict } from './judge.ts'
import { asItsUser, certain, possible, unseen } from './judge.ts'
import type { Seen } from './seen.ts'
import type { Use } from './use.ts'

const hour = 3_600_000

/**
 * A login that was seen no earlier than the last use of the token shows where that came from; but only where the logins of
 * that day were read, or it may be another client's of the same user.
 */
const isShown = (use: Use, seen: Seen): boolean => {
  const { logins } = seen.facts
  const last = use.last ?? use.created ?? 0
  if (logins.is === 'unknown' || last < seen.evidence.takenAt - logins.value.days * 24 * hour) return false
  return seen.alike(use).some((one) => one.from === 'login' && one.kind === 'oauth' && (one.last ?? 0) >= last - hour)
}

export const byAddress = (use: Use, ranges: readonly IpRange[], seen: Seen): Verdict => {
  if (use.from === 'caller') return asItsUser
  if (use.from === 'token')
    return isShown(use, seen) ? null : unseen('no login shows from where their token was last used')
  if (use.address === null)
    return use.from === 'self'
      ? possible('the address it comes from is not known')
      : unseen('their logins have no address')
  const where = addressWithin(use.address, ranges)
  if (where === 'in') return null
  return where === 'out'
    ? certain(`It comes from ${use.address}, which is in none of the ranges.`)
    : possible(
        `It comes from ${use.address === '*' ? 'addresses that were not kept' : use.address}: not all of it is in the ranges.`,
      )
}
