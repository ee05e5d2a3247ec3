/**
 * WHERE and HAVING to SQL. SOQL has two truth values where SQL has three: `!=` and NOT include rows without a value,
 * and an empty string is no value. Every value is bound as a parameter.
 */
import type { LiteralType, Query } from '@jetstreamapp/soql-parser-js'
import type { Field } from '../data/field.ts'
import type { SObject } from '../data/sobject.ts'
import { disputedFilters } from '../data/objects/login-history.ts'
import type { SqlValue } from '../data/values.ts'
import { booleanTree, type BooleanTree, type Comparison } from './boolean-tree.ts'
import { operand, unquote, type Operand } from './literal.ts'
import { badOperator, invalidField, malformed } from './refusal.ts'
import { makeVirtualRows } from './virtual.ts'
import type { QueryContext } from './query-context.ts'
import { makeScope, readableSObject, rowRules, type Scope } from './scope.ts'

/** What a comparison compares: a column or a function of one. */
interface Comparand {
  readonly sql: string
  readonly field: Field
  readonly throughParent: boolean
  readonly sobject: SObject
}

interface Conditions {
  readonly context: QueryContext
  readonly scope: Scope
  readonly params: SqlValue[]
  comparand(comparison: Comparison): Comparand
}

const isText = (field: Field): boolean =>
  !['id', 'reference', 'boolean', 'int', 'double', 'currency', 'percent', 'date', 'datetime'].includes(field.type) &&
  !field.caseSensitive

const isAscii = (value: string): boolean => !/[^\p{ASCII}]/u.test(value)

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T])

export function treeSql(conditions: Conditions, tree: BooleanTree): string {
  if (tree.kind === 'comparison') return comparisonSql(conditions, tree.comparison)
  if (tree.kind === 'not') return `NOT COALESCE(${treeSql(conditions, tree.of)}, 0)`
  return `(${tree.of.map((part) => treeSql(conditions, part)).join(tree.kind === 'and' ? ' AND ' : ' OR ')})`
}

function comparisonSql(conditions: Conditions, comparison: Comparison): string {
  const left = conditions.comparand(comparison)
  const operator = comparison.operator.toUpperCase()
  if ('valueQuery' in comparison) return semiJoinSql(conditions, left, operator, comparison.valueQuery)
  const types = listOf<LiteralType | undefined>(comparison.literalType)
  const raws = listOf<string>(comparison.value)
  const operands = raws.map((raw, index) =>
    operand(conditions.context, left.field, raw, types[types.length === 1 ? 0 : index], operator === 'LIKE'),
  )
  switch (operator) {
    case 'IN':
    case 'NOT IN':
      return inSql(conditions, left, operands, operator === 'NOT IN')
    case 'INCLUDES':
    case 'EXCLUDES':
      return includesSql(conditions, left, raws, operator === 'EXCLUDES')
  }
  const [right] = operands
  if (right === undefined || raws.length !== 1) throw malformed(`unexpected token: '('`)
  return simpleSql(conditions, left, operator, right)
}

function simpleSql(conditions: Conditions, left: Comparand, operator: string, right: Operand): string {
  const { field, sql } = left
  if (operator === 'LIKE') return likeSql(conditions, left, right)
  if (!['=', '!=', '<', '>', '<=', '>='].includes(operator)) throw malformed(`unexpected token: '${operator}'`)
  const ordered = operator !== '=' && operator !== '!='
  if (ordered && ['boolean', 'multipicklist'].includes(field.type))
    throw badOperator(`invalid operator on ${field.type} field`)
  if (right.kind === 'range') return rangeSql(conditions, sql, operator, right)
  const { value } = right
  if (value === null) {
    if (ordered) throw badOperator(`invalid operator on null value: ${operator}`)
    return `${sql} IS ${operator === '=' ? '' : 'NOT '}NULL`
  }
  if (field.type === 'boolean') {
    conditions.params.push(value)
    // A parent that isn't there counts as false.
    return `${left.throughParent ? `COALESCE(${sql}, 0)` : sql} ${operator} ?`
  }
  const folded = typeof value === 'string' && isText(field) && !isAscii(value)
  conditions.params.push(folded ? value.toLowerCase() : value)
  const compared = folded ? `sf_fold(${sql})` : collated(left)
  return operator === '!=' ? `${compared} IS NOT ?` : `${compared} ${operator} ?`
}

const collated = ({ sql, field }: Comparand): string => (isText(field) ? `${sql} COLLATE NOCASE` : sql)

function rangeSql(
  { params }: Conditions,
  sql: string,
  operator: string,
  range: { from: string; until: string },
): string {
  switch (operator) {
    case '<':
      params.push(range.from)
      return `${sql} < ?`
    case '<=':
      params.push(range.until)
      return `${sql} < ?`
    case '>':
      params.push(range.until)
      return `${sql} >= ?`
    case '>=':
      params.push(range.from)
      return `${sql} >= ?`
  }
  params.push(range.from, range.until)
  const inside = `(${sql} >= ? AND ${sql} < ?)`
  return operator === '=' ? inside : `NOT COALESCE(${inside}, 0)`
}

function likeSql({ params }: Conditions, left: Comparand, right: Operand): string {
  const { field, sql } = left
  if (!field.likeable) throw badOperator(`invalid operator on ${field.type} field`)
  if (right.kind === 'range' || typeof right.value === 'number') throw badOperator('invalid operator')
  if (right.value === null) return `${sql} IS NULL`
  const folded = !isAscii(right.value)
  params.push(folded ? right.value.toLowerCase() : right.value)
  return `${folded ? `sf_fold(${sql})` : sql} LIKE ? ESCAPE '\\'`
}

function inSql({ params }: Conditions, left: Comparand, operands: readonly Operand[], negated: boolean): string {
  const values = operands.flatMap((each) => (each.kind === 'value' && each.value !== null ? [each.value] : []))
  const withNull = operands.some((each) => each.kind === 'value' && each.value === null)
  if (operands.some((each) => each.kind === 'range')) throw malformed('date literals are not supported with IN')
  const folded = isText(left.field) && values.some((value) => typeof value === 'string' && !isAscii(value))
  params.push(JSON.stringify(folded ? values.map((value) => String(value).toLowerCase()) : values))
  const found = `${folded ? `sf_fold(${left.sql})` : collated(left)} IN (SELECT value FROM json_each(?))`
  const positive = withNull ? `(${found} OR ${left.sql} IS NULL)` : found
  return negated ? `NOT COALESCE(${positive}, 0)` : positive
}

/** `INCLUDES ('a;b', 'c')`: a and b, or c. */
function includesSql({ params }: Conditions, left: Comparand, raws: readonly string[], negated: boolean): string {
  if (left.field.type !== 'multipicklist')
    throw badOperator(`${negated ? 'excludes' : 'includes'} operator not valid on ${left.field.type} field`)
  const alternatives = raws.map((raw) => {
    const all = unquote(raw, false)
      .split(';')
      .map((value) => {
        params.push(`;${value.toLowerCase()};`)
        return `instr(';' || sf_fold(${left.sql}) || ';', ?) > 0`
      })
    return `(${all.join(' AND ')})`
  })
  const included = `(${alternatives.join(' OR ')})`
  return negated ? `NOT COALESCE(${included}, 0)` : included
}

function semiJoinSql(conditions: Conditions, left: Comparand, operator: string, query: Query): string {
  const { context, params } = conditions
  if (!['id', 'reference'].includes(left.field.type)) {
    throw malformed(
      `The left operand '${left.field.name}' cannot have more than one level of relationships and must be an ID or reference field for a semi join sub-select`,
    )
  }
  if (operator !== 'IN' && operator !== 'NOT IN') throw malformed(`unexpected token: '('`)
  const inner = readableSObject(context, query.sObject ?? '')
  if (inner === conditions.scope.sobject)
    throw malformed('The inner and outer selects should not be on the same object type')
  if (
    query.groupBy !== undefined ||
    query.orderBy !== undefined ||
    query.limit !== undefined ||
    query.offset !== undefined
  ) {
    throw malformed('Semi join sub-selects can only have a WHERE clause')
  }
  makeVirtualRows(context, inner, query)
  const scope = makeScope(context, inner, `s${params.length}`, query.sObjectAlias)
  const [selected, ...rest] = query.fields ?? []
  if (selected?.type !== 'Field' || rest.length > 0) throw malformed('semi join sub-selects can only select one field')
  const column = scope.resolve(selected.field)
  if (!pointsAtSame(left, column.field, inner.name)) {
    throw malformed(
      `The selected field '${column.field.name}' in the subquery and the left operand field in the where expression in the outer query '${left.field.name}' should point to the same object type`,
    )
  }
  const rules = rowRules(context, scope)
  params.push(...rules.params)
  const parts = [`${column.sql} IS NOT NULL`, ...(rules.sql === '' ? [] : [rules.sql])]
  if (query.where !== undefined) {
    const tree = booleanTree(query.where)
    if (subqueriesIn(tree) > 0) throw malformed('Nesting of semi join sub-selects is not supported')
    parts.push(treeSql({ ...conditions, scope, comparand: whereComparand(context, scope) }, tree))
  }
  const found = `${left.sql} IN (SELECT ${column.sql} FROM ${scope.fromSql()} WHERE ${parts.join(' AND ')})`
  return operator === 'IN' ? found : `NOT COALESCE(${found}, 0)`
}

function pointsAtSame(left: Comparand, inner: Field, innerObject: string): boolean {
  const targets = (field: Field, owner: string): readonly string[] =>
    field.type === 'id' ? [owner] : field.type === 'reference' ? field.referenceTo : []
  return targets(left.field, left.sobject.name).some((name) => targets(inner, innerObject).includes(name))
}

function subqueriesIn(tree: BooleanTree): number {
  if (tree.kind === 'comparison') return 'valueQuery' in tree.comparison ? 1 : 0
  if (tree.kind === 'not') return subqueriesIn(tree.of)
  return tree.of.reduce((sum, part) => sum + subqueriesIn(part), 0)
}

const orWithSubquery = (tree: BooleanTree): boolean =>
  tree.kind === 'comparison'
    ? false
    : tree.kind === 'not'
      ? orWithSubquery(tree.of)
      : (tree.kind === 'or' && subqueriesIn(tree) > 0) || tree.of.some(orWithSubquery)

/** The platform's limits on semi-joins, which hold for the whole WHERE clause. */
export function checkSemiJoins(tree: BooleanTree): void {
  if (subqueriesIn(tree) > 2) throw malformed('Maximum 2 semi join sub-selects are allowed')
  if (orWithSubquery(tree)) throw malformed(`Semi join sub-selects are not allowed with the 'OR' operator`)
}

/** The field of a WHERE comparison, which has to be one the platform filters by. */
export function whereComparand(context: QueryContext, scope: Scope, compileFn?: (comparison: Comparison) => Comparand) {
  return (comparison: Comparison): Comparand => {
    if (!('field' in comparison)) {
      if (compileFn === undefined) throw malformed('functions are not supported here')
      return compileFn(comparison)
    }
    const column = scope.resolve(comparison.field)
    const disputed = column.sobject.name === 'LoginHistory' && disputedFilters.has(column.field.name)
    if (!column.field.filterable || (disputed && context.org.settings?.().loginHistoryFilters === 'usage-list')) {
      throw invalidField(
        context.soql,
        comparison.field,
        `field '${column.field.name}' can not be filtered in a query call`,
      )
    }
    return column
  }
}
