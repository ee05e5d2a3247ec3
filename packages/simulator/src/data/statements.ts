/** Prepared statements, kept per database: preparing costs more than running for the short queries clients send. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'

const capacity = 500
const caches = new WeakMap<DatabaseSync, Map<string, StatementSync>>()

/** The statement for this text; the least recently used one makes room when there are too many. */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  const cache = caches.get(db) ?? new Map<string, StatementSync>()
  caches.set(db, cache)
  const known = cache.get(sql)
  if (known !== undefined) {
    cache.delete(sql)
    cache.set(sql, known)
    return known
  }
  if (cache.size === 0) registerFunctions(db)
  const statement = db.prepare(sql)
  cache.set(sql, statement)
  if (cache.size > capacity) {
    const oldest = cache.keys().next().value
    if (oldest !== undefined) cache.delete(oldest)
  }
  return statement
}

/** SQLite folds the case of ASCII only; comparing other letters needs this. */
function registerFunctions(db: DatabaseSync): void {
  db.function('sf_fold', { deterministic: true }, (value) => (typeof value === 'string' ? value.toLowerCase() : value))
}
