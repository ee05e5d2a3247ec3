/**
 * Is it where this caller may come from? Asked when it proves who it is, and again at each use of what it got then: a
 * virtual session is bound to the same ranges, certificate or socket.
 */
import type { Caller, Presented } from '../caller.ts'
import { addressRanges } from './address-ranges.ts'
import type { AddressRanges } from './address-ranges.ts'

export interface Place {
  /** Null: a Unix socket. */
  readonly address: string | null
  /** What the connection itself proves. */
  readonly transport: Presented | null
}

const compiled = new WeakMap<readonly string[], AddressRanges>()

const rangesOf = (ranges: readonly string[]): AddressRanges => {
  const known = compiled.get(ranges)
  if (known !== undefined) return known
  const list = addressRanges(ranges)
  compiled.set(ranges, list)
  return list
}

/** `bearer`: what is shown would work for whoever holds it for long, so "from anywhere" is not enough. */
export const placeFits = (caller: Caller, { address, transport }: Place, bearer: boolean): boolean => {
  const anywhere = caller.anyAddress && !bearer
  if (address === null) {
    return anywhere || (transport?.kind === 'socket' && caller.sockets.includes(transport.name))
  }
  const ranges = rangesOf(caller.ranges)
  if (!ranges.empty) return ranges.includes(address)
  return anywhere || (transport?.kind === 'certificate' && caller.certificates.includes(transport.fingerprint))
}
