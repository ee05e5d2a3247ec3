/**
 * Query locators: results that didn't fit into one batch, waiting for queryMore. They expire after two days of the
 * simulator's clock and belong to one user, who can keep only so many open.
 */
import type { DatabaseSync } from 'node:sqlite'
import { ApiError } from '../data/api-error.ts'
import type { SimOrg } from '../route.ts'

const lifetimeMs = 2 * 24 * 60 * 60 * 1000
const mostPerUser = 10

interface Locator<Page> {
  readonly id: string
  readonly userId: string
  readonly openedAt: number
  readonly totalSize: number
  readonly pageSize: number
  readonly fetch: (from: number, count: number) => Page
}

const open = new WeakMap<DatabaseSync, Map<string, Locator<unknown>>>()

export function openLocator<Page>(
  org: SimOrg,
  userId: string,
  totalSize: number,
  pageSize: number,
  fetch: (from: number, count: number) => Page,
  prefix = '01g',
): Locator<Page> {
  const all = open.get(org.db) ?? new Map<string, Locator<unknown>>()
  open.set(org.db, all)
  const mine = [...all.values()].filter((locator) => locator.userId === userId)
  for (const old of mine.slice(0, Math.max(0, mine.length - mostPerUser + 1))) all.delete(old.id)
  const locator = { id: org.newId(prefix), userId, openedAt: org.now(), totalSize, pageSize, fetch }
  all.set(locator.id, locator)
  return locator
}

export function findLocator(org: SimOrg, userId: string, id: string): Locator<unknown> {
  const all = open.get(org.db)
  const locator = all?.get(id)
  if (locator !== undefined && locator.userId === userId && org.now() - locator.openedAt <= lifetimeMs) return locator
  if (locator?.userId === userId) all?.delete(id)
  throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
}
