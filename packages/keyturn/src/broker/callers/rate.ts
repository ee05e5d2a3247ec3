/**
 * How often a caller may ask: one token bucket of a minute for its logins, its proxied calls and its own-API calls, in
 * this process. N replicas together let pass up to N times as much: the limit keeps a caller that went wild from the
 * others, it is no quota, and a count that replicas shared would cost each call a write to the store.
 */
import type { Clock } from '@keyturn/tokens'
import type { Caller } from '../caller.ts'

export interface Rates {
  /** 0: go on. Otherwise the seconds to wait. */
  wait(caller: Pick<Caller, 'id' | 'rate'>): number
}

const MINUTE = 60_000

export const rates = (clock: Clock): Rates => {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    wait: ({ id, rate }) => {
      if (rate === null) return 0
      const { perMinute } = rate
      const now = clock.boot()
      const bucket = buckets.get(id) ?? { left: perMinute, at: now }
      bucket.left = Math.min(perMinute, bucket.left + ((now - bucket.at) * perMinute) / MINUTE)
      bucket.at = now
      buckets.set(id, bucket)
      if (bucket.left >= 1) {
        bucket.left -= 1
        return 0
      }
      return Math.max(1, Math.ceil(((1 - bucket.left) * 60) / perMinute))
    },
  }
}
