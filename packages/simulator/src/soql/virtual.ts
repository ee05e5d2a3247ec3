/**
 * Objects without rows of their own. They are made for each query, put into the object's table, and asked for there like
 * any others, so that SOQL works on them as on the rest. Some have to be told what for: without a condition on one of
 * certain fields the platform refuses the query.
 */
import type { Query, QueryBase } from '@jetstreamapp/soql-parser-js'
import type { SObject } from '../data/sobject.ts'
import { prepared } from '../data/statements.ts'
import { hasColumn, quoted } from '../data/tables.ts'
import { toColumn } from '../data/values.ts'
import { booleanTree, type BooleanTree } from './boolean-tree.ts'
import { unquote } from './literal.ts'
import { malformed } from './refusal.ts'
import type { QueryContext } from './query-context.ts'

/** Comparisons with values that every row of the answer has to pass, by field path in lower case. */
function wantedBy(tree: BooleanTree, into: Map<string, readonly string[]>): Map<string, readonly string[]> {
  if (tree.kind === 'and') for (const part of tree.of) wantedBy(part, into)
  if (tree.kind !== 'comparison' || !('field' in tree.comparison) || 'valueQuery' in tree.comparison) return into
  const { field, operator, value } = tree.comparison
  if (!['=', 'IN'].includes(operator.toUpperCase())) return into
  const values = Array.isArray(value) ? value : [value]
  into.set(
    field.toLowerCase(),
    values.map((one) => (one.startsWith("'") ? unquote(one, false) : one)),
  )
  return into
}

/** Makes the rows of an object that has none; of any other, nothing happens. */
export function makeVirtualRows(context: QueryContext, sobject: SObject, query?: Query | QueryBase): void {
  if (sobject.storage !== 'virtual') return
  const { org, access } = context
  const wanted =
    query?.where === undefined ? new Map<string, readonly string[]>() : wantedBy(booleanTree(query.where), new Map())
  if (sobject.needsFilter.length > 0 && !sobject.needsFilter.some((name) => wanted.has(name.toLowerCase())))
    throw malformed(
      `${sobject.name}: a filter on a reified column is required [${sobject.needsFilter.map((name) => name.split('.')[0]).join(',')}]`,
    )
  const version = Number(/\/v(\d+\.\d)/.exec(context.urlPrefix)?.[1] ?? 66)
  const rows = org.virtualRows?.(sobject.name, { userId: access.userId, version, wanted }) ?? []
  const columns = sobject.fields.filter((field) => hasColumn(field) && field.expression === null)
  prepared(org.db, `DELETE FROM ${quoted(sobject.name)}`).run()
  const insert = prepared(
    org.db,
    `INSERT INTO ${quoted(sobject.name)} (${columns.map(({ name }) => quoted(name)).join(', ')})
     VALUES (${columns.map(() => '?').join(', ')})`,
  )
  for (const row of rows) insert.run(...columns.map((field) => toColumn(field, row[field.name] ?? null)))
}
