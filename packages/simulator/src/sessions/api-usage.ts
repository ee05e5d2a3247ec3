/** API calls of the running day, per org: what Sforce-Limit-Info says, and what REQUEST_LIMIT_EXCEEDED is about. */
import { prepared } from '../data/statements.ts'
import type { SimOrg } from '../route.ts'
import type { Org } from '../state/org.ts'

interface ApiUsage {
  readonly used: number
  readonly limit: number
}

const today = (org: SimOrg): number => Math.floor(org.now() / 86_400_000)

/** `day/used/limit`, in the database: a restart or a load forgets no call. */
function read(org: SimOrg): { readonly day: number; readonly used: number; readonly limit: number } {
  const row = prepared(org.db, `SELECT value FROM sim_meta WHERE name = 'api calls'`).get()
  const [day = -1, used = 0, limit = 0] = String(row?.['value'] ?? '-1')
    .split('/')
    .map(Number)
  return { day, used, limit }
}

export function countCall(org: Org): ApiUsage {
  const was = read(org)
  const used = was.day === today(org) ? was.used + 1 : 1
  const limit = org.settings().dailyApiRequests
  org.setMeta('api calls', `${today(org)}/${used}/${limit}`)
  return { used, limit }
}

export function apiUsage(org: SimOrg): ApiUsage {
  const { day, used, limit } = read(org)
  return { used: day === today(org) ? used : 0, limit }
}
