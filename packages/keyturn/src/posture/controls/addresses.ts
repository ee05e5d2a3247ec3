/** Address ranges as the org writes them: how many addresses they hold, and whether that is the whole world. */
import { isIP } from 'node:net'
import type { IpRange } from '../facts.ts'

const groups = (address: string): readonly string[] => (address === '' ? [] : address.split(':'))

/** The embedded IPv4 tail of an IPv6 address as two groups. */
const withoutTail = (address: string): string =>
  address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a: string, b: string, c: string, d: string) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  )

/** An address as a number; null: it is none. An IPv4 address and an IPv6 one may have the same number. */
export const valueOf = (address: string): bigint | null => {
  const text = address.trim()
  const version = isIP(text)
  if (version === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  if (version !== 6) return null
  const [head = '', tail] = withoutTail(text.split('%')[0] ?? '').split('::')
  const before = groups(head)
  const after = groups(tail ?? '')
  const gap = tail === undefined ? 0 : 8 - before.length - after.length
  const all = [...before, ...Array.from({ length: gap }, () => '0'), ...after]
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}

/** Null: no range (not addresses, mixed versions, upside down). */
export const sizeOf = ({ from, to }: IpRange): bigint | null => {
  if (isIP(from.trim()) !== isIP(to.trim())) return null
  const first = valueOf(from)
  const last = valueOf(to)
  return first === null || last === null || last < first ? null : last - first + 1n
}

/** Of all ranges together, counted as the platform does: range by range. */
export const sizeOfAll = (ranges: readonly IpRange[]): bigint | null => {
  const sizes = ranges.map(sizeOf)
  return sizes.reduce<bigint | null>((sum, size) => (sum === null || size === null ? null : sum + size), 0n)
}

/** Wider than any company's own network: sixteen million addresses (a /8), of IPv6 a /32, which is a provider's. */
export const isBroad = (range: IpRange, most: bigint = 2n ** 24n): boolean => {
  const size = sizeOf(range)
  if (size === null) return false
  return size >= (isIP(range.from.trim()) === 4 ? most : 2n ** 96n)
}

export const rangeText = ({ from, to }: IpRange): string => (from === to ? from : `${from}-${to}`)
