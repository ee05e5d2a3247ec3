/** How many API calls the org has made and may make, for /limits and the Sforce-Limit-Info header. */
import type { SimOrg } from '../route.ts'

export interface ApiUsage {
  readonly used: number
  readonly limit: number
}

export type UsageOf = (org: SimOrg) => ApiUsage

const day = 24 * 60 * 60 * 1000

/** Counts the calls it is asked about, per org and day, for when nobody else counts. */
export function countedHere(limit = 15_000): UsageOf {
  const counters = new Map<string, { day: number; used: number }>()
  return (org) => {
    const today = Math.floor(org.now() / day)
    const was = counters.get(org.id)
    const used = was?.day === today ? was.used + 1 : 1
    counters.set(org.id, { day: today, used })
    return { used, limit }
  }
}
