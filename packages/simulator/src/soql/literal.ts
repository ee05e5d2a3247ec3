/** Literals of conditions as SQL parameters, checked against the type of the field they are compared with. */
import type { LiteralType } from '@jetstreamapp/soql-parser-js'
import type { Field } from '../data/field.ts'
import { canonicalId } from '../data/record-id.ts'
import { isCalendarDate, parseDateTime, type SqlValue } from '../data/values.ts'
import { dateLiteral, midnight, type DayRange } from './date-literals.ts'
import { badOperator, invalidField, malformed } from './refusal.ts'

interface LiteralContext {
  readonly soql: string
  readonly now: number
  readonly timeZone: string
}

/** A single value, or the two ends of a date literal in the form of the column. */
export type Operand =
  | { readonly kind: 'value'; readonly value: SqlValue }
  | { readonly kind: 'range'; readonly from: string; readonly until: string }

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

/** The text of a quoted literal. In a pattern, escaped wildcards and backslashes stay escaped, for SQL's ESCAPE. */
export function unquote(literal: string, pattern: boolean): string {
  const body = literal.slice(1, -1)
  return body.replace(/\\(u[0-9a-fA-F]{4}|[\s\S]?)/g, (whole, escaped: string) => {
    if (escaped.startsWith('u') && escaped.length === 5)
      return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    if (pattern && (escaped === '%' || escaped === '_' || escaped === '\\')) return whole
    const plain = escapes[escaped.toLowerCase()]
    if (plain === undefined) throw malformed(`Illegal character sequence '${whole}' in a string literal`)
    return plain
  })
}

const typeName = (field: Field): string => {
  if (['double', 'currency', 'percent'].includes(field.type)) return field.type === 'double' ? 'double' : field.type
  if (field.type === 'datetime') return 'dateTime'
  return ['int', 'boolean', 'date'].includes(field.type) ? field.type : 'string'
}

function wrongType(context: LiteralContext, field: Field): Error {
  const name = typeName(field)
  const quotes = name === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes'
  return invalidField(
    context.soql,
    field.name,
    `value of filter criterion for field '${field.name}' must be of type ${name} and ${quotes}`,
  )
}

const storedDateTime = (epochMs: number): string => new Date(epochMs).toISOString().replace('Z', '+0000')

function asRange(context: LiteralContext, field: Field, days: DayRange): Operand {
  if (field.type === 'date') return { kind: 'range', ...days }
  const at = (day: string): string => storedDateTime(midnight(day, context.timeZone))
  return { kind: 'range', from: at(days.from), until: at(days.until) }
}

export function operand(
  context: LiteralContext,
  field: Field,
  raw: string,
  type: LiteralType | undefined,
  pattern = false,
): Operand {
  const value = (converted: SqlValue): Operand => ({ kind: 'value', value: converted })
  if (type === 'NULL') return value(null)
  if (type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL') {
    const days = dateLiteral(raw, context.now, context.timeZone)
    if (days === undefined) throw malformed(`unexpected token: '${raw}'`)
    if (field.type !== 'date' && field.type !== 'datetime') throw wrongType(context, field)
    return asRange(context, field, days)
  }
  switch (field.type) {
    case 'boolean':
      if (type !== 'BOOLEAN') throw wrongType(context, field)
      return value(raw.toUpperCase() === 'TRUE' ? 1 : 0)
    case 'int':
      if (type !== 'INTEGER') throw wrongType(context, field)
      return value(Number(raw))
    case 'double':
    case 'currency':
    case 'percent':
      if (type !== 'INTEGER' && type !== 'DECIMAL') throw wrongType(context, field)
      return value(Number(raw))
    case 'date':
      if (type !== 'DATE' || !isCalendarDate(raw)) throw wrongType(context, field)
      return value(raw)
    case 'datetime': {
      const epoch = type === 'DATETIME' ? parseDateTime(raw) : undefined
      if (epoch === undefined) throw wrongType(context, field)
      return value(storedDateTime(epoch))
    }
    default:
      return textOperand(context, field, raw, type, pattern)
  }
}

function textOperand(
  context: LiteralContext,
  field: Field,
  raw: string,
  type: LiteralType | undefined,
  pattern: boolean,
): Operand {
  const value = (converted: SqlValue): Operand => ({ kind: 'value', value: converted })
  if (type !== 'STRING') throw wrongType(context, field)
  const string = unquote(raw, pattern)
  if (string === '') return value(null)
  if (field.type !== 'id' && field.type !== 'reference') return value(string)
  const id = canonicalId(string)
  if (id === undefined) throw badOperator(`invalid ID field: ${string}`)
  return value(id)
}
