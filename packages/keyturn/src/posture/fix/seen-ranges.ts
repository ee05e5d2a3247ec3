/**
 * Ranges made of the addresses that were seen: single ones, and neighbours as one range. Nobody who was seen is shut out by
 * them; addresses that were not kept, and too many, can’t become ranges.
 */
import { isIP } from 'node:net'
import { sizeOfAll, valueOf } from '../controls/addresses.ts'
import type { IpRange } from '../facts.ts'
import type { Use } from '../impact/use.ts'
import { isWithin } from './never-wider.ts'

/** What sightings don't say of ranges that are made of them. */
export const guessedRanges: readonly string[] = [
  'whether each of these addresses is the company’s: that of an intruder who got in would be among them',
  'from where they come next: on the way, at home and in clouds addresses change',
]

interface Limits {
  readonly ranges: number
  readonly addresses: number
}

const asOf = (
  address: string,
): { readonly version: number; readonly value: bigint; readonly address: string } | null => {
  const value = valueOf(address)
  return value === null ? null : { version: isIP(address), value, address }
}

/** `present`: what is let in today; what came from elsewhere, past it, stays shut out. A sentence: why not. */
export const rangesSeen = (
  uses: readonly Use[],
  { ranges: mostRanges, addresses: most }: Limits,
  present: readonly IpRange[],
): readonly IpRange[] | string => {
  const logins = uses.filter(({ from }) => from === 'login')
  if (logins.length === 0) return 'No login of it was seen, so that its addresses are not known: name them by hand.'
  const seen = [...new Set(logins.map(({ address }) => address))]
  const folded = seen.filter((address) => address === null || asOf(address) === null)
  if (folded.length > 0)
    return 'Its logins were too many to keep every address: read fewer days, or name its addresses by hand.'
  const sorted = seen
    .flatMap((address) => asOf(address ?? '') ?? [])
    .filter(({ address }) => isWithin([{ from: address, to: address }], present))
    .toSorted((a, b) => a.version - b.version || (a.value < b.value ? -1 : 1))
  if (sorted.length === 0) return 'None of its logins came from the ranges it has: name its addresses by hand.'
  const ranges: { from: string; to: string; version: number; last: bigint }[] = []
  for (const { version, value, address } of sorted) {
    const before = ranges.at(-1)
    if (before !== undefined && before.version === version && value - before.last <= 1n) {
      before.to = address
      before.last = value
    } else ranges.push({ from: address, to: address, version, last: value })
  }
  const made = ranges.map(({ from, to }) => ({ from, to }))
  const size = sizeOfAll(made)
  if (made.length > mostRanges || size === null || size > BigInt(most))
    return `It comes from ${sorted.length} addresses, which is more than a list can hold: name its networks by hand.`
  return made
}

const wholeProfile = { ranges: 32, addresses: 4096 }
const tokenAllowlist = { ranges: 128, addresses: 256 }
const trusted = { ranges: 64, addresses: 4096 }
export const rangeLimits = { wholeProfile, tokenAllowlist, trusted } as const
