/** Addresses and ranges: trusted networks, profile login ranges, the refresh token allowlist. */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const lists = new Map<string, BlockList>()

function listOf(ranges: readonly string[]): BlockList {
  const key = ranges.join(',')
  const known = lists.get(key)
  if (known !== undefined) return known
  const list = new BlockList()
  for (const range of ranges) {
    // As metadata has them: both ends, inclusive.
    const [start = '', end] = range.split('-')
    if (end !== undefined) {
      list.addRange(start, end, isIPv6(start) ? 'ipv6' : 'ipv4')
      continue
    }
    const [address = '', bits] = range.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  lists.set(key, list)
  return list
}

/** An IPv4 address in its IPv6 clothes is the IPv4 address. */
export const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

export function isWithin(address: string, ranges: readonly string[]): boolean {
  if (isIPv4(address)) return listOf(ranges).check(address, 'ipv4')
  return isIPv6(address) && listOf(ranges).check(address, 'ipv6')
}
