/** API calls of the running day, per org: what Sforce-Limit-Info says, and what REQUEST_LIMIT_EXCEEDED is about. */
import type { SimOrg } from '../route.ts'
import type { Org } from '../state/org.ts'

export interface ApiUsage {
  readonly used: number
  readonly limit: number
}

const counters = new WeakMap<object, { readonly day: number; readonly used: number }>()
const limits = new WeakMap<object, number>()

const today = (org: SimOrg): number => Math.floor(org.now() / 86_400_000)

export function countCall(org: Org): ApiUsage {
  const was = counters.get(org.db)
  const used = was?.day === today(org) ? was.used + 1 : 1
  counters.set(org.db, { day: today(org), used })
  limits.set(org.db, org.settings().dailyApiRequests)
  return { used, limit: org.settings().dailyApiRequests }
}

export const apiUsage = (org: SimOrg): ApiUsage => {
  const counter = counters.get(org.db)
  return { used: counter?.day === today(org) ? counter.used : 0, limit: limits.get(org.db) ?? 0 }
}
