/**
 * A describe answer, decoded: only what decides what this user may do.
 *
 * Salesforce describes an object as the calling user sees it. There is no `accessible` flag in REST or SOAP (it exists
 * in Apex only): a field without read access is simply not listed, so code that filters on `accessible` gets nothing
 * or, worse, everything. What decides (names, `createable`, `updateable`) must be there; the rest is tolerated.
 */
import { KeyturnError } from '../errors.ts'

export interface DescribedField {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly createable: boolean
  readonly updateable: boolean
  readonly filterable: boolean
  readonly calculated: boolean
  readonly autoNumber: boolean
  /** The compound field this one is a part of. */
  readonly compoundFieldName: string | null
  /** `Account` of `AccountId`: what a dotted name starts with. */
  readonly relationshipName: string | null
  readonly referenceTo: readonly string[]
  /** The relationship has several parent objects: SOQL then knows the fields of the object `Name` only. */
  readonly polymorphic: boolean
}

export interface DescribedObject {
  readonly name: string
  readonly readable: boolean
  readonly createable: boolean
  readonly updateable: boolean
  readonly deletable: boolean
  readonly fields: readonly DescribedField[]
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const unreadable = (what: string): KeyturnError =>
  new KeyturnError('ANSWER_UNREADABLE', `this is not a describe result: ${what}`, {
    fix: 'Check the instance URL and what stands between this machine and Salesforce (a proxy that answers itself).',
  })

const text = (from: Json, key: string, where: string): string => {
  const value = from[key]
  if (typeof value === 'string' && value !== '') return value
  throw unreadable(`${where} has no ${key}`)
}

const flag = (from: Json, key: string, where: string): boolean => {
  const value = from[key]
  if (typeof value === 'boolean') return value
  throw unreadable(`${where} has no ${key}`)
}

const optionalText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const describedField = (value: unknown, object: string): DescribedField => {
  if (!isObject(value)) throw unreadable(`a field of ${object} is not an object`)
  const name = text(value, 'name', `a field of ${object}`)
  const where = `${object}.${name}`
  const referenceTo = Array.isArray(value['referenceTo'])
    ? value['referenceTo'].filter((target): target is string => typeof target === 'string')
    : []
  return {
    name,
    label: optionalText(value['label']) ?? name,
    type: optionalText(value['type']) ?? 'anyType',
    createable: flag(value, 'createable', where),
    updateable: flag(value, 'updateable', where),
    filterable: value['filterable'] === true,
    calculated: value['calculated'] === true,
    autoNumber: value['autoNumber'] === true,
    // A compound name field names itself as its compound in some answers.
    compoundFieldName: value['compoundFieldName'] === name ? null : optionalText(value['compoundFieldName']),
    relationshipName: optionalText(value['relationshipName']),
    referenceTo,
    polymorphic: value['polymorphicForeignKey'] === true || value['namePointing'] === true || referenceTo.length > 1,
  }
}

/** Decodes the JSON of `…/sobjects/NAME/describe`. Throws ANSWER_UNREADABLE rather than guess a right. */
export const describedObject = (value: unknown): DescribedObject => {
  if (!isObject(value)) throw unreadable('it is not an object')
  const name = text(value, 'name', 'it')
  const { fields } = value
  if (!Array.isArray(fields)) throw unreadable(`${name} has no fields`)
  return {
    name,
    // A platform event can be created and described, not read.
    readable: value['queryable'] === true || value['retrieveable'] === true,
    createable: flag(value, 'createable', name),
    updateable: flag(value, 'updateable', name),
    deletable: flag(value, 'deletable', name),
    fields: fields.map((field) => describedField(field, name)),
  }
}
