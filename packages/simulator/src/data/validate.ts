/** Field values as clients send them in JSON: checked by type, refused in the platform's words, ready for the column. */
import type { SimOrg } from '../route.ts'
import { ApiError } from './api-error.ts'
import { sobjectNamed } from './catalogue.ts'
import type { Field } from './field.ts'
import { canonicalId } from './record-id.ts'
import { prepared } from './statements.ts'
import { quoted } from './tables.ts'
import { dateTimeText, isCalendarDate, isNumeric, parseDateTime, type SqlValue } from './values.ts'

const bad = (errorCode: string, message: string, field: Field): ApiError =>
  new ApiError(400, errorCode, message, [field.name])

function undeserializable(field: Field, type: string, value: unknown): ApiError {
  const token =
    typeof value === 'string'
      ? 'VALUE_STRING'
      : typeof value === 'number'
        ? 'VALUE_NUMBER'
        : typeof value === 'boolean'
          ? `VALUE_${String(value).toUpperCase()}`
          : 'START_OBJECT'
  return new ApiError(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${type} from ${token} value ${typeof value === 'object' ? '{' : String(value)} or request may be missing a required field at ${field.name}`,
  )
}

export function columnValue(org: SimOrg, field: Field, value: unknown): SqlValue {
  if (value === null || value === undefined) return field.type === 'boolean' ? 0 : null
  if (field.type === 'boolean') {
    if (value === true || value === 'true') return 1
    if (value === false || value === 'false') return 0
    throw undeserializable(field, 'boolean', value)
  }
  if (isNumeric(field)) return numberValue(field, value)
  if (typeof value === 'object') throw undeserializable(field, field.type, value)
  const text = String(value).trim()
  if (text === '') return null
  switch (field.type) {
    case 'date': {
      const day = text.slice(0, 10)
      if (!isCalendarDate(day) || (text.length > 10 && parseDateTime(text) === undefined))
        throw undeserializable(field, 'date', value)
      return day
    }
    case 'datetime': {
      const epoch = parseDateTime(isCalendarDate(text) ? `${text}T00:00:00Z` : text)
      if (epoch === undefined) throw undeserializable(field, 'datetime', value)
      return dateTimeText(epoch)
    }
    case 'reference':
    case 'id':
      return referenceValue(org, field, text)
    case 'email':
      if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
        throw bad('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, field)
      break
    case 'picklist':
    case 'multipicklist': {
      const values = field.type === 'picklist' ? [text] : text.split(';')
      if (field.restrictedPicklist && !values.every((each) => field.picklist.includes(each))) {
        throw bad(
          'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
          `${field.label}: bad value for restricted picklist field: ${text}`,
          field,
        )
      }
      break
    }
    default:
  }
  if (field.length > 0 && text.length > field.length) {
    throw bad('STRING_TOO_LONG', `${field.label}: data value too large: ${text} (max length=${field.length})`, field)
  }
  return text
}

function numberValue(field: Field, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw undeserializable(field, field.type === 'int' ? 'int' : 'double', value)
  if (field.type === 'int' && !Number.isInteger(number)) throw undeserializable(field, 'int', value)
  const whole = field.precision - field.scale
  if (field.precision > 0 && Math.abs(number) >= 10 ** whole) {
    throw bad(
      'NUMBER_OUTSIDE_VALID_RANGE',
      `${field.label}: value outside of valid range on numeric field: ${number}`,
      field,
    )
  }
  return number
}

function referenceValue(org: SimOrg, field: Field, text: string): string {
  const id = canonicalId(text)
  if (id === undefined) throw bad('MALFORMED_ID', `${field.label}: id value of incorrect type: ${text}`, field)
  const target = field.referenceTo.map((name) => sobjectNamed(name)).find((to) => to?.keyPrefix === id.slice(0, 3))
  if (target === undefined)
    throw bad('FIELD_INTEGRITY_EXCEPTION', `${field.label}: id value of incorrect type: ${id}`, field)
  const living = target.fields.some(({ name }) => name === 'IsDeleted') ? ' AND "IsDeleted" = 0' : ''
  const found = prepared(org.db, `SELECT 1 FROM ${quoted(target.name)} WHERE "Id" = ?${living}`).get(id)
  if (found === undefined) throw bad('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', field)
  return id
}
