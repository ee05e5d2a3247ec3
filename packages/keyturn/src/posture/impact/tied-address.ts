/** Where a use comes from, against ranges: the sentences that all restrictions by address share. */
import { addressWithin } from './address-within.ts'
import type { IpRange } from '../facts.ts'
import type { Verdict } from './judge.ts'
import { asItsUser, certain, possible, unseen } from './judge.ts'
import type { Seen } from './seen.ts'
import type { Use } from './use.ts'

const hour = 3_600_000

/** A login that was seen no earlier than the last use of the token shows where that came from. */
const isShown = (use: Use, seen: Seen): boolean =>
  seen
    .alike(use)
    .some(({ from, kind, last }) => from === 'login' && kind === 'oauth' && (last ?? 0) >= (use.last ?? 0) - hour)

export const byAddress = (use: Use, ranges: readonly IpRange[], seen: Seen): Verdict => {
  if (use.from === 'caller') return asItsUser
  if (use.from === 'token')
    return use.last === null || isShown(use, seen)
      ? null
      : unseen('no login shows from where their token was last used')
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
