/** Runs SOQL: parse, compile, fetch a batch, and leave a locator behind for the rest. */
import type { OrderByClause, Query, QueryBase, Subquery } from '@jetstreamapp/soql-parser-js'
import { ApiError } from '../data/api-error.ts'
import { childrenOf } from '../data/catalogue.ts'
import { prepared } from '../data/statements.ts'
import { quoted } from '../data/tables.ts'
import type { SqlValue } from '../data/values.ts'
import { isAggregateQuery, runAggregate } from './aggregate.ts'
import { isBareCount } from './functions.ts'
import { findLocator, openLocator } from './locators.ts'
import { parseSoql } from './parse.ts'
import { invalidField, malformed, noSuchChildRelationship } from './refusal.ts'
import type { QueryContext } from './query-context.ts'
import { makeScope, readableSObject, type Scope } from './scope.ts'
import { compileSelection, needsSingleRow, toRecord, type JsonRecord, type Selection } from './select.ts'
import { makeVirtualRows } from './virtual.ts'
import { compileWhere, type Where } from './where.ts'

interface QueryResult {
  readonly totalSize: number
  readonly done: boolean
  readonly nextRecordsUrl?: string
  readonly records: readonly JsonRecord[]
}

/** Rows per batch when the caller doesn't say, and at most. */
export const mostPerBatch = 2000

const mostOffset = 2000

export interface Compiled {
  readonly scope: Scope
  readonly selection: Selection
  readonly where: Where
  readonly orderSql: string
  readonly limit: number
  readonly offset: number
  readonly pageSize: number
  readonly subqueries: ReadonlyMap<Subquery, Compiled>
  readonly children: (subquery: Subquery, parentId: string) => QueryResult | null
}

export function openQuery(context: QueryContext): { readonly query: Query; readonly scope: Scope } {
  const query = parseSoql(context.soql)
  refuseClauses(query)
  const sobject = readableSObject(context, query.sObject ?? '')
  makeVirtualRows(context, sobject, query)
  return { query, scope: makeScope(context, sobject, 't', query.sObjectAlias) }
}

/** `SELECT COUNT()`, whose answer is totalSize alone. */
export function onlyCounts(query: Query): boolean {
  const [first, ...others] = query.fields ?? []
  return (
    first?.type === 'FieldFunctionExpression' &&
    isBareCount(first) &&
    others.length === 0 &&
    query.groupBy === undefined
  )
}

export function runQuery(context: QueryContext, pageSize: number): QueryResult {
  const { query, scope } = openQuery(context)
  if (onlyCounts(query)) return { totalSize: count(context, scope, query), done: true, records: [] }
  if (isAggregateQuery(query)) {
    const records = runAggregate(context, scope, query)
    return { totalSize: records.length, done: true, records }
  }
  return fetchFirst(context, compile(context, scope, query, pageSize), [])
}

export function runQueryMore(context: QueryContext, locatorId: string, from: number, pageSize: number): QueryResult {
  const locator = findLocator(context.org, context.access.userId, locatorId)
  if (!Number.isInteger(from) || from < 0 || from >= locator.totalSize)
    throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  const size = Math.min(pageSize, locator.pageSize)
  const records = locator.fetch(from, size) as readonly JsonRecord[]
  return answer(context, locator.totalSize, locatorId, from + size, records)
}

function answer(
  context: QueryContext,
  totalSize: number,
  locatorId: string,
  next: number,
  records: readonly JsonRecord[],
): QueryResult {
  if (next >= totalSize) return { totalSize, done: true, records }
  return { totalSize, done: false, nextRecordsUrl: `${context.urlPrefix}/query/${locatorId}-${next}`, records }
}

function refuseClauses(query: QueryBase): void {
  if (query.usingScope !== undefined && query.usingScope.toLowerCase() !== 'everything') {
    throw malformed(`USING SCOPE ${query.usingScope} is not supported by this simulator`)
  }
  if (query.withDataCategory !== undefined) throw malformed('WITH DATA CATEGORY is not supported by this simulator')
  if (query.withSecurityEnforced === true || query.withAccessLevel !== undefined)
    throw malformed(`unexpected token: 'WITH'`)
  if (query.for === 'UPDATE') throw malformed('FOR UPDATE is not supported by this simulator')
  if (query.update !== undefined) throw malformed(`UPDATE ${query.update} is not supported by this simulator`)
}

function count(context: QueryContext, scope: Scope, query: Query): number {
  if (query.orderBy !== undefined) throw malformed('COUNT() cannot be used with ORDER BY')
  const where = compileWhere(context, scope, query)
  const { limit, offset } = bounds(query, scope)
  const row = prepared(
    context.org.db,
    `SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${scope.fromSql()}${where.sql} LIMIT ? OFFSET ?)`,
  ).get(...where.params, limit, offset)
  return Number(row?.['n'] ?? 0)
}

function bounds(query: QueryBase, scope: Scope): { readonly limit: number; readonly offset: number } {
  const offset = query.offset ?? 0
  // Objects that cut off after a number of rows are read to their end in steps of OFFSET, so these may go further.
  if (offset > mostOffset && scope.sobject.paging === null) {
    throw new ApiError(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${mostOffset}`)
  }
  return { limit: query.limit ?? Number.MAX_SAFE_INTEGER, offset }
}

export function compile(
  context: QueryContext,
  scope: Scope,
  query: QueryBase,
  pageSize: number,
  joined?: string,
): Compiled {
  const selection = compileSelection(context, scope, query)
  const where = compileWhere(context, scope, query, joined)
  const { limit, offset } = bounds(query, scope)
  const { paging } = scope.sobject
  const subqueries = new Map<Subquery, Compiled>()
  for (const entry of selection.shape.entries.values()) {
    if (entry.kind === 'children') subqueries.set(entry.subquery, compileChildren(context, scope, entry.subquery))
  }
  return {
    scope,
    selection,
    where,
    orderSql: orderSql(context, scope, query),
    limit: Math.min(limit, paging?.cap ?? limit),
    offset,
    pageSize: Math.min(pageSize, paging?.page ?? pageSize),
    subqueries,
    children: (subquery, parentId) => {
      const compiled = subqueries.get(subquery)
      const found = compiled === undefined ? undefined : fetchFirst(context, compiled, [parentId])
      return found === undefined || found.totalSize === 0 ? null : found
    },
  }
}

function compileChildren(context: QueryContext, parent: Scope, subquery: Subquery): Compiled {
  refuseClauses(subquery)
  const name = subquery.relationshipName
  const relationship = childrenOf(parent.sobject).find(
    ({ child, field }) =>
      field.childRelationshipName?.toLowerCase() === name.toLowerCase() &&
      context.access.object(child).read &&
      context.access.canRead(child, field),
  )
  if (relationship === undefined) throw noSuchChildRelationship(context.soql, name, parent.sobject.name)
  if (subquery.groupBy !== undefined || subquery.having !== undefined)
    throw malformed('Grouping is not allowed in a nested query')
  makeVirtualRows(context, relationship.child)
  const scope = makeScope(context, relationship.child, 'c', subquery.sObjectAlias)
  return compile(context, scope, subquery, mostPerBatch, `c.${quoted(relationship.field.name)} = ?`)
}

function orderSql(context: QueryContext, scope: Scope, query: QueryBase): string {
  const clauses: readonly OrderByClause[] =
    query.orderBy === undefined ? [] : Array.isArray(query.orderBy) ? query.orderBy : [query.orderBy]
  const terms = clauses.map((clause) => {
    if (!('field' in clause))
      throw malformed(`${clause.fn.rawValue ?? 'a function'} is not supported in ORDER BY of a query without GROUP BY`)
    const { sql, field, throughParent } = scope.resolve(clause.field)
    if (!field.sortable)
      throw invalidField(context.soql, clause.field, `field '${field.name}' can not be sorted in a query call`)
    // Saying where nulls go keeps SQLite from using an index, so it isn't said where there are none.
    const nulls = field.nillable || throughParent ? ` NULLS ${clause.nulls ?? 'FIRST'}` : ''
    return `${sql} ${clause.order ?? 'ASC'}${nulls}`
  })
  // Ties are broken by id, so that pages and OFFSET never skip or repeat a record.
  return ` ORDER BY ${[...terms, `${scope.alias}.${scope.sobject.rowKey}`].join(', ')}`
}

function rowsOf(context: QueryContext, sql: string, params: readonly SqlValue[]): readonly (readonly SqlValue[])[] {
  const statement = prepared(context.org.db, sql)
  statement.setReturnArrays(true)
  return statement.all(...params) as unknown as readonly (readonly SqlValue[])[]
}

function fetchFirst(context: QueryContext, compiled: Compiled, joinedParams: readonly SqlValue[]): QueryResult {
  const { selection, where, scope, limit, offset, pageSize } = compiled
  const params = [...joinedParams, ...where.params]
  const select = `SELECT ${selection.columns.join(', ')} FROM ${scope.fromSql()}`
  const toRecords = (rows: readonly (readonly SqlValue[])[]): readonly JsonRecord[] =>
    rows.map((row) => toRecord(context, selection.shape, row, compiled.children))

  const firstSql = `${select}${where.sql}${compiled.orderSql} LIMIT ? OFFSET ?`
  const first = rowsOf(context, firstSql, [...params, Math.min(limit, pageSize + 1), offset])
  if (first.length > 1 && needsSingleRow(selection.shape))
    throw malformed(
      'When retrieving results with Metadata or FullName fields, the query qualifications must specify no more than one row for retrieval.',
    )
  if (first.length <= pageSize) return { totalSize: first.length, done: true, records: toRecords(first) }

  if (scope.sobject.oneBatch)
    throw new ApiError(
      400,
      'EXCEEDED_ID_LIMIT',
      `${scope.sobject.name} does not support queryMore(), use LIMIT to restrict the results to a single batch`,
    )

  // Before the locator opens, because children may open some of their own and the oldest are closed first.
  const records = toRecords(first.slice(0, pageSize))
  // Small capped results are kept whole (their rows may have no id); of others only the ids, as they can be long.
  if (scope.sobject.paging !== null || scope.sobject.storage === 'virtual') {
    const all = rowsOf(context, firstSql, [...params, limit, offset])
    const locator = openLocator(
      context.org,
      context.access.userId,
      all.length,
      pageSize,
      (from, size) => toRecords(all.slice(from, from + size)),
      '0r8',
    )
    return answer(context, all.length, locator.id, pageSize, records)
  }
  const ids = rowsOf(
    context,
    `SELECT ${scope.alias}."Id" FROM ${scope.fromSql()}${where.sql}${compiled.orderSql} LIMIT ? OFFSET ?`,
    [...params, limit, offset],
  ).map(([id]) => id)
  const byIds = `${select} WHERE ${scope.alias}."Id" IN (SELECT value FROM json_each(?))`
  const fetch = (from: number, size: number): readonly JsonRecord[] => {
    const wanted = ids.slice(from, from + size)
    const rows = new Map(
      rowsOf(context, byIds, [JSON.stringify(wanted)]).map((row) => [row[selection.shape.idIndex], row]),
    )
    return toRecords(wanted.map((id) => rows.get(id ?? null)).filter((row) => row !== undefined))
  }
  const locator = openLocator(context.org, context.access.userId, ids.length, pageSize, fetch)
  return answer(context, ids.length, locator.id, pageSize, records)
}
