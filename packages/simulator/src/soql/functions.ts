/** SOQL functions as SQL: aggregates, and the date functions one groups by. What isn't here is refused by name. */
import type { FieldFunctionExpression, FunctionExp } from '@jetstreamapp/soql-parser-js'
import { date, dateTime, integer, number, type Field } from '../data/field.ts'
import { isNumeric } from '../data/values.ts'
import { invalidField, malformed } from './refusal.ts'
import type { QueryContext } from './query-context.ts'
import type { Scope } from './scope.ts'

export interface Expression {
  readonly sql: string
  /** The type of the result, as a field. */
  readonly field: Field
  readonly aggregate: boolean
}

type SoqlFunction = FunctionExp | FieldFunctionExpression

const dateFunctions: Readonly<Record<string, (sql: string) => string>> = {
  CALENDAR_YEAR: (sql) => `CAST(substr(${sql}, 1, 4) AS INTEGER)`,
  CALENDAR_QUARTER: (sql) => `((CAST(substr(${sql}, 6, 2) AS INTEGER) + 2) / 3)`,
  CALENDAR_MONTH: (sql) => `CAST(substr(${sql}, 6, 2) AS INTEGER)`,
  FISCAL_YEAR: (sql) => `CAST(substr(${sql}, 1, 4) AS INTEGER)`,
  FISCAL_QUARTER: (sql) => `((CAST(substr(${sql}, 6, 2) AS INTEGER) + 2) / 3)`,
  FISCAL_MONTH: (sql) => `CAST(substr(${sql}, 6, 2) AS INTEGER)`,
  DAY_IN_MONTH: (sql) => `CAST(substr(${sql}, 9, 2) AS INTEGER)`,
  DAY_IN_WEEK: (sql) => `(CAST(strftime('%w', substr(${sql}, 1, 10)) AS INTEGER) + 1)`,
  DAY_IN_YEAR: (sql) => `CAST(strftime('%j', substr(${sql}, 1, 10)) AS INTEGER)`,
  DAY_ONLY: (sql) => `substr(${sql}, 1, 10)`,
  HOUR_IN_DAY: (sql) => `CAST(substr(${sql}, 12, 2) AS INTEGER)`,
}

const ofDateTimeOnly = new Set(['DAY_ONLY', 'HOUR_IN_DAY'])

const aggregates: Readonly<Record<string, (sql: string) => string>> = {
  COUNT: (sql) => `COUNT(${sql})`,
  COUNT_DISTINCT: (sql) => `COUNT(DISTINCT ${sql})`,
  SUM: (sql) => `SUM(${sql})`,
  AVG: (sql) => `AVG(${sql})`,
  MIN: (sql) => `MIN(${sql})`,
  MAX: (sql) => `MAX(${sql})`,
}

const wholeNumber = integer('expr', 'expr')

export const isAggregate = (fn: SoqlFunction): boolean => (fn.functionName ?? '').toUpperCase() in aggregates

export const isBareCount = (fn: SoqlFunction): boolean =>
  fn.functionName?.toUpperCase() === 'COUNT' && (fn.parameters ?? []).length === 0

export function compileFunction(context: QueryContext, scope: Scope, fn: SoqlFunction): Expression {
  const name = (fn.functionName ?? '').toUpperCase()
  const [parameter, ...more] = fn.parameters ?? []
  if (typeof parameter !== 'string' || more.length > 0) {
    throw malformed(`${fn.rawValue ?? name}: this use of ${name} is not supported`)
  }
  const { sql, field } = scope.resolve(parameter)
  const asDate = dateFunctions[name]
  if (asDate !== undefined) {
    const fits = field.type === 'datetime' || (field.type === 'date' && !ofDateTimeOnly.has(name))
    if (!fits) throw invalidField(context.soql, parameter, `field ${field.name} does not support function ${name}`)
    return { sql: asDate(sql), field: name === 'DAY_ONLY' ? date('expr', 'expr') : wholeNumber, aggregate: false }
  }
  const asAggregate = aggregates[name]
  if (asAggregate === undefined) throw malformed(`${fn.rawValue ?? name}: function ${name} is not supported`)
  return { sql: asAggregate(sql), field: aggregateType(context, name, parameter, field), aggregate: true }
}

function aggregateType(context: QueryContext, name: string, written: string, field: Field): Field {
  const refusal = (): Error =>
    invalidField(context.soql, written, `field ${field.name} does not support aggregate operator ${name}`)
  // Long text and compound fields can't be counted either.
  if (['textarea', 'address', 'multipicklist'].includes(field.type)) throw refusal()
  if (name === 'COUNT' || name === 'COUNT_DISTINCT') return wholeNumber
  if (name === 'SUM' || name === 'AVG') {
    if (!isNumeric(field)) throw refusal()
    return name === 'SUM' ? field : number('expr', 'expr', 18, 6)
  }
  if (field.type === 'boolean') throw refusal()
  return field.type === 'datetime' ? dateTime('expr', 'expr') : field
}
