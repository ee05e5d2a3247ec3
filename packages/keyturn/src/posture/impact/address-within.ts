/**
 * Whether an address lies in ranges. Where logins were summed by network (`203.0.113.0/24`) only a network that lies in
 * one range as a whole says anything for certain.
 */
import { isIP } from 'node:net'
import type { IpRange } from '../facts.ts'
import { valueOf } from '../controls/addresses.ts'

interface Span {
  readonly version: number
  readonly first: bigint
  readonly last: bigint
}

const bitsOf = (version: number): number => (version === 4 ? 32 : 128)

/** An IPv4 address may be written as an IPv6 one. */
const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/iu, '')

const spanBetween = (from: string, to: string): Span | null => {
  const [first, last] = [valueOf(plain(from)), valueOf(plain(to))]
  const version = isIP(plain(from))
  return first === null || last === null || last < first || version !== isIP(plain(to))
    ? null
    : { version, first, last }
}

const spanOf = (address: string): Span | null => {
  const [network = '', bits] = address.split('/')
  const one = spanBetween(network, network)
  if (one === null || bits === undefined) return one
  const free = bitsOf(one.version) - Number(bits)
  if (!Number.isInteger(free) || free < 0) return null
  const size = 1n << BigInt(free)
  const first = (one.first / size) * size
  return { version: one.version, first, last: first + size - 1n }
}

/** `unclear`: it is no single address, or one of the ranges is none. */
export const addressWithin = (address: string, ranges: readonly IpRange[]): 'in' | 'out' | 'unclear' => {
  const span = spanOf(address)
  if (span === null) return 'unclear'
  const spans = ranges.map(({ from, to }) => spanBetween(from, to))
  const holds = spans.some(
    (range) => range !== null && range.version === span.version && range.first <= span.first && span.last <= range.last,
  )
  if (holds) return 'in'
  return span.first !== span.last || spans.includes(null) ? 'unclear' : 'out'
}
