/** Source ranges in CIDR (RFC 4632, RFC 4291): IPv4, IPv6, and IPv4 written as IPv6 (`::ffff:…`), which is IPv4. */
import { BlockList, isIP } from 'node:net'
import { KeyturnError } from '@keyturn/tokens'

export interface AddressRanges {
  readonly empty: boolean
  includes(address: string): boolean
}

const MOST_REMEMBERED = 1000
/** IPv6 with an interface; anything can stand in X-Forwarded-For. */
const LONGEST_ADDRESS = 64

/** How a dual-stack socket writes an IPv4 peer. */
const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i

/** Throws BAD_ARGUMENT. A single address is a range of one. */
export const addressRanges = (ranges: readonly string[]): AddressRanges => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix, ...rest] = range.split('/')
    const version = isIP(address)
    const widest = version === 4 ? 32 : 128
    const length = prefix === undefined ? widest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1
    if (version === 0 || rest.length > 0 || length < 0 || length > widest || address.includes('%')) {
      throw new KeyturnError('BAD_ARGUMENT', `${range.slice(0, 60)} is no source range`, {
        fix: 'Write 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32.',
      })
    }
    list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6')
  }
  const includes = (address: string): boolean => {
    // A link-local peer comes with its interface.
    const plain = address.replace(mapped, '').replace(/%.*$/, '')
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
  // The same few addresses come again and again.
  let recent = new Map<string, boolean>()
  return {
    empty: ranges.length === 0,
    includes: (address) => {
      const known = recent.get(address)
      if (known !== undefined) return known
      const found = includes(address)
      if (address.length > LONGEST_ADDRESS) return found
      if (recent.size >= MOST_REMEMBERED) recent = new Map()
      recent.set(address, found)
      return found
    },
  }
}
