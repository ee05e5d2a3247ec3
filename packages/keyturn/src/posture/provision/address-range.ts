/**
 * Addresses as people write them (`203.0.113.7`, `203.0.113.0/28`, `203.0.113.7-203.0.113.9`) as ranges of an org, and how
 * wide one may be before it is no longer a place: a /24 of IPv4, a /64 of IPv6.
 */
import { isIP } from 'node:net'
import { KeyturnError } from '@keyturn/tokens'
import { sizeOf, valueOf } from '../controls/addresses.ts'
import type { IpRange } from '../facts.ts'

const widest = { 4: 2n ** 8n, 6: 2n ** 64n } as const

const bad = (text: string, why: string): KeyturnError =>
  new KeyturnError('BAD_ARGUMENT', `"${text.slice(0, 80)}" is no address or range: ${why}`, {
    fix: 'Write an address, a network such as 203.0.113.0/28, or both ends: 203.0.113.7-203.0.113.9',
  })

const addressOf = (value: bigint, version: 4 | 6): string => {
  const parts = version === 4 ? 4 : 8
  const bits = version === 4 ? 8n : 16n
  const all = Array.from({ length: parts }, (_, index) => (value >> (bits * BigInt(parts - 1 - index))) % 2n ** bits)
  return version === 4 ? all.join('.') : all.map((group) => group.toString(16)).join(':')
}

const versionOf = (text: string): 4 | 6 | null => {
  const version = isIP(text)
  return version === 4 || version === 6 ? version : null
}

const networkOf = (text: string, address: string, bits: string): IpRange => {
  const version = versionOf(address)
  const value = valueOf(address)
  if (version === null || value === null) throw bad(text, `${address} is no address`)
  const all = version === 4 ? 32 : 128
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (!(length >= 0 && length <= all)) throw bad(text, `a prefix has 0 to ${all} bits`)
  const size = 2n ** BigInt(all - length)
  const first = (value / size) * size
  if (first !== value) throw bad(text, `the network of that length begins at ${addressOf(first, version)}`)
  return { from: addressOf(first, version), to: addressOf(first + size - 1n, version) }
}

/** Throws BAD_ARGUMENT. */
export const parseRange = (text: string): IpRange => {
  const trimmed = text.trim()
  const [address = '', bits, ...more] = trimmed.split('/')
  if (bits !== undefined && more.length === 0) return networkOf(text, address, bits)
  const [from = '', to = from, ...rest] = trimmed.split('-').map((part) => part.trim())
  if (rest.length > 0 || more.length > 0) throw bad(text, 'it has too many parts')
  const range = { from, to }
  if (versionOf(from) === null || versionOf(to) === null) throw bad(text, 'that is no IPv4 or IPv6 address')
  if (versionOf(from) !== versionOf(to)) throw bad(text, 'both ends are of the same version')
  if (sizeOf(range) === null) throw bad(text, 'it ends before it begins')
  return range
}

/** Null: narrow enough. Otherwise what is wrong with it. */
export const tooWide = (range: IpRange): string | null => {
  const version = versionOf(range.from)
  const size = sizeOf(range)
  if (version === null || size === null) return 'it is no range'
  return size <= widest[version]
    ? null
    : `it holds ${version === 4 ? `${size} addresses, more than a /24` : 'more addresses than a /64'}`
}

export const sameRange = (one: IpRange, other: IpRange): boolean =>
  valueOf(one.from) === valueOf(other.from) &&
  valueOf(one.to) === valueOf(other.to) &&
  versionOf(one.from) === versionOf(other.from)

export const contains = (outer: IpRange, inner: IpRange): boolean => {
  const [from, to, first, last] = [outer.from, outer.to, inner.from, inner.to].map(valueOf)
  if (from == null || to == null || first == null || last == null) return false
  return versionOf(outer.from) === versionOf(inner.from) && from <= first && last <= to
}
