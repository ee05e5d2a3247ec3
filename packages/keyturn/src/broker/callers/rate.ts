/**
 * How often a caller may ask: a token bucket of one minute, in this process. N replicas together let pass up to N times
 * as much: the limit keeps a caller that went wild from the others, it is no quota.
 */
import type { Clock } from '@keyturn/tokens'

export interface Rates {
  /** 0: go on. Otherwise the seconds to wait. */
  wait(id: string, perMinute: number): number
}

const MINUTE = 60_000

export const rates = (clock: Clock): Rates => {
  const buckets = new Map<string, { left: number; at: number }>()
  return {
    wait: (id, perMinute) => {
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
