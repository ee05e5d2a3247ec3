/**
 * How values lie in SQLite columns: text, numbers, 0/1, dates as `yyyy-mm-dd` and datetimes exactly as the REST API
 * prints them (UTC, whole seconds), so that they sort as text and need no conversion on the way out.
 */
import type { Field } from './field.ts'

export type SqlValue = string | number | null

export const isNumeric = (field: Field): boolean => ['int', 'double', 'currency', 'percent'].includes(field.type)

export function dateTimeText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}.000+0000`
}

/** Epoch milliseconds of a datetime in the forms clients send; undefined when it is none. */
export function parseDateTime(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
  if (match === null) return undefined
  const zone = match[3] === undefined || match[3] === 'Z' ? 'Z' : match[3].replace(/^(...):?(..)$/, '$1:$2')
  const epoch = Date.parse(`${match[1]}T${match[2]}${zone}`)
  return Number.isNaN(epoch) || !isCalendarDate(match[1] ?? '') ? undefined : epoch
}

export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const epoch = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(epoch) && new Date(epoch).toISOString().startsWith(text)
}

/** Numbers and Dates for datetimes are for callers inside the simulator; the REST side validates before it comes here. */
export function toColumn(field: Field, value: unknown): SqlValue {
  if (value === null || value === undefined || value === '') return field.type === 'boolean' ? 0 : null
  if (field.type === 'boolean') return value === true || value === 1 ? 1 : 0
  if (field.type === 'datetime') {
    const epoch =
      value instanceof Date ? value.getTime() : typeof value === 'number' ? value : parseDateTime(String(value))
    if (epoch === undefined) throw new TypeError(`${field.name} is no datetime: ${String(value)}`)
    return dateTimeText(epoch)
  }
  if (isNumeric(field)) return Number(value)
  if (typeof value !== 'string') throw new TypeError(`${field.name} takes text`)
  return value
}
