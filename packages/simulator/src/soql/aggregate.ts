/** Queries with GROUP BY or aggregate functions. They come in one batch or not at all. */
import type { FieldType as SelectItem, GroupByClause, OrderByClause, Query } from '@jetstreamapp/soql-parser-js'
import { ApiError } from '../data/api-error.ts'
import type { Field } from '../data/field.ts'
import { prepared } from '../data/statements.ts'
import type { SqlValue } from '../data/values.ts'
import { booleanTree } from './boolean-tree.ts'
import { treeSql } from './conditions.ts'
import { compileFunction, isAggregate, isBareCount, type Expression } from './functions.ts'
import { invalidField, malformed } from './refusal.ts'
import type { QueryContext } from './query-context.ts'
import type { Scope } from './scope.ts'
import { jsonValue, pathOf, type JsonRecord } from './select.ts'
import { compileWhere } from './where.ts'

/** Aggregate results can't be continued with queryMore: more groups than one batch holds are an error. */
const mostGroups = 2000

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

export const isAggregateQuery = (query: Query): boolean =>
  listOf(query.groupBy).length > 0 ||
  query.having !== undefined ||
  (query.fields ?? []).some((item) => item.type === 'FieldFunctionExpression' && isAggregate(item))

/** The SELECT list of a query that groups or aggregates. */
export const aggregateColumns = (context: QueryContext, scope: Scope, query: Query): readonly Output[] =>
  outputsOf(context, scope, query.fields ?? [], groupsOf(context, scope, query))

const groupsOf = (context: QueryContext, scope: Scope, query: Query): readonly Expression[] =>
  listOf(query.groupBy).map((clause) => groupExpression(context, scope, clause))

export function runAggregate(context: QueryContext, scope: Scope, query: Query): readonly JsonRecord[] {
  if (scope.sobject.aggregates === 'count-only') {
    throw malformed(`entity type ${scope.sobject.name} does not support aggregate functions other than COUNT()`)
  }
  const groups = groupsOf(context, scope, query)
  if (groups.length === 0 && query.limit !== undefined) {
    throw malformed('Non-grouped query that uses overall aggregate functions cannot also use LIMIT')
  }
  const outputs = outputsOf(context, scope, query.fields ?? [], groups)
  const where = compileWhere(context, scope, query)
  const params: SqlValue[] = [...where.params]
  const having = query.having === undefined ? '' : ` HAVING ${havingSql(context, scope, query, groups, params)}`
  const order = listOf(query.orderBy).map((clause) => orderSql(context, scope, clause, groups))
  const grouping = groups.length === 0 ? '' : ` GROUP BY ${groups.map(({ sql }) => sql).join(', ')}`
  const ordering = [...order, ...groups.map(({ sql }) => sql)].join(', ')
  const limit = Math.min(query.limit ?? mostGroups + 1, mostGroups + 1)
  const sql =
    `SELECT ${outputs.map((output) => output.sql).join(', ')} FROM ${scope.fromSql()}${where.sql}${grouping}${having}` +
    `${ordering === '' ? '' : ` ORDER BY ${ordering}`} LIMIT ? OFFSET ?`
  const statement = prepared(context.org.db, sql)
  statement.setReturnArrays(true)
  const rows = statement.all(...params, limit, query.offset ?? 0) as unknown as readonly (readonly SqlValue[])[]
  if (rows.length > mostGroups) {
    throw new ApiError(
      400,
      'EXCEEDED_ID_LIMIT',
      'Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch',
    )
  }
  return rows.map((row) => ({
    attributes: { type: 'AggregateResult' },
    ...Object.fromEntries(outputs.map(({ name, field }, index) => [name, jsonValue(field, row[index])])),
  }))
}

function groupExpression(context: QueryContext, scope: Scope, clause: GroupByClause): Expression {
  if ('fn' in clause) {
    const compiled = compileFunction(context, scope, clause.fn)
    if (compiled.aggregate) throw malformed(`cannot group by an aggregate function: ${clause.fn.rawValue ?? ''}`)
    return compiled
  }
  const { sql, field } = scope.resolve(clause.field)
  if (!field.groupable)
    throw invalidField(context.soql, clause.field, `field '${field.name}' can not be grouped in a query call`)
  return { sql, field, aggregate: false }
}

interface Output {
  readonly name: string
  /** The function as the platform shows it, `avg(Amount)`; null for a grouped field. */
  readonly shown: string | null
  readonly sql: string
  readonly field: Field
}

function outputsOf(
  context: QueryContext,
  scope: Scope,
  items: readonly SelectItem[],
  groups: readonly Expression[],
): readonly Output[] {
  let unnamed = 0
  const outputs = items.map((item): Output => {
    if (item.type === 'Field' || item.type === 'FieldRelationship') {
      const path = pathOf(item)
      const { sql, field } = scope.resolve(path)
      if (!groups.some((group) => group.sql === sql)) throw malformed(`Field must be grouped or aggregated: ${path}`)
      return { name: ('alias' in item ? item.alias : undefined) ?? field.name, shown: null, sql, field }
    }
    if (item.type !== 'FieldFunctionExpression') throw malformed('Aggregate queries select only fields and functions')
    if (isBareCount(item)) throw malformed('COUNT() must be the only element in the SELECT list')
    const { sql, field, aggregate } = compileFunction(context, scope, item)
    if (!aggregate && !groups.some((group) => group.sql === sql)) {
      throw malformed(`Field must be grouped or aggregated: ${item.rawValue ?? item.functionName}`)
    }
    const shown = `${item.functionName.toLowerCase()}(${String(item.parameters[0])})`
    return { name: item.alias ?? `expr${unnamed++}`, shown, sql, field }
  })
  for (const [index, output] of outputs.entries()) {
    if (outputs.findIndex((other) => other.name.toLowerCase() === output.name.toLowerCase()) !== index) {
      throw malformed(`duplicate alias: ${output.name}`)
    }
  }
  return outputs
}

function havingSql(
  context: QueryContext,
  scope: Scope,
  query: Query,
  groups: readonly Expression[],
  params: SqlValue[],
): string {
  if (query.having === undefined) return ''
  const comparand = (comparison: { field: string } | { fn: Parameters<typeof compileFunction>[2] }) => {
    const expression =
      'fn' in comparison
        ? compileFunction(context, scope, comparison.fn)
        : { ...scope.resolve(comparison.field), aggregate: false }
    if (!expression.aggregate && !groups.some((group) => group.sql === expression.sql)) {
      throw malformed(
        `Field must be grouped or aggregated: ${'fn' in comparison ? (comparison.fn.rawValue ?? '') : comparison.field}`,
      )
    }
    return { sql: expression.sql, field: expression.field, throughParent: false, sobject: scope.sobject }
  }
  return treeSql({ context, scope, params, comparand }, booleanTree(query.having))
}

function orderSql(context: QueryContext, scope: Scope, clause: OrderByClause, groups: readonly Expression[]): string {
  const expression =
    'fn' in clause ? compileFunction(context, scope, clause.fn) : { ...scope.resolve(clause.field), aggregate: false }
  if (!expression.aggregate && !groups.some((group) => group.sql === expression.sql)) {
    throw malformed(
      `Ordered field must be grouped or aggregated: ${'fn' in clause ? (clause.fn.rawValue ?? '') : clause.field}`,
    )
  }
  return `${expression.sql} ${clause.order ?? 'ASC'} NULLS ${clause.nulls ?? 'FIRST'}`
}
