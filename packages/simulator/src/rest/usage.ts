/** The org's API calls of the last 24 hours, for /limits and the Sforce-Limit-Info header. */
import type { DatabaseSync } from 'node:sqlite'
import type { SimOrg } from '../route.ts'

export const dailyRequests = 15_000

const hour = 60 * 60 * 1000
const counters = new WeakMap<DatabaseSync, Map<number, number>>()

/** Counts one call and says how many there were within a day, in buckets of an hour. */
export function countCall(org: SimOrg): number {
  const now = Math.floor(org.now() / hour)
  const buckets = counters.get(org.db) ?? new Map<number, number>()
  counters.set(org.db, buckets)
  buckets.set(now, (buckets.get(now) ?? 0) + 1)
  for (const bucket of buckets.keys()) if (bucket <= now - 24) buckets.delete(bucket)
  return callsToday(org)
}

export function callsToday(org: SimOrg): number {
  return [...(counters.get(org.db)?.values() ?? [])].reduce((sum, count) => sum + count, 0)
}
