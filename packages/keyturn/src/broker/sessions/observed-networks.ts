/**
 * From which networks the real token of a grant was fetched, as this replica saw it: Salesforce freezes users whose
 * tokens turn up at addresses it finds risky. Told once for each further network.
 */
import { isIPv4 } from 'node:net'
import type { BrokerContext } from '../caller.ts'

/** More than that, and it was said often enough. */
const MOST = 100
const seenBy = new WeakMap<BrokerContext['callers'], Map<string, Set<string>>>()

/** A /24 or a /48: what one site has, roughly. */
const networkOf = (address: string): string => {
  const plain = address.replace(/^::ffff:/i, '')
  return isIPv4(plain) ? plain.split('.').slice(0, 3).join('.') : plain.split(':').slice(0, 3).join(':')
}

export const noteNetwork = ({ callers, log }: BrokerContext, grant: string, address: string | null): void => {
  if (address === null) return
  const known = seenBy.get(callers) ?? new Map<string, Set<string>>()
  seenBy.set(callers, known)
  const seen = known.get(grant) ?? new Set<string>()
  known.set(grant, seen)
  const network = networkOf(address)
  if (seen.has(network) || seen.size >= MOST) return
  seen.add(network)
  if (seen.size > 1) {
    log.warn('Real tokens of one grant go to different networks: Salesforce may freeze its user', {
      grant,
      networks: seen.size,
    })
  }
}
