/**
 * What one user can really do with one object's fields: a pure judgement over describe results.
 *
 * A missing right comes with its cause, because the cure differs: a field that isn't listed is a permission (or a
 * typing error: Salesforce doesn't say which), a formula can never be written, a compound field is written by its parts.
 */
import { KeyturnError } from '../errors.ts'
import type { FieldRight, FieldRights, MissingField, ObjectFields, RequiredFields } from '../contract.ts'
import { describedObject } from './describe.ts'
import type { DescribedField, DescribedObject } from './describe.ts'

export type MissingCause =
  | 'object-not-visible'
  | 'object-not-readable'
  | 'object-not-createable'
  | 'object-not-updateable'
  | 'field-not-visible'
  | 'not-createable'
  | 'not-updateable'
  | 'calculated'
  | 'compound'
  | 'relationship-not-visible'
  | 'relationship-not-loaded'

interface JudgedField extends MissingField {
  readonly cause: MissingCause
}

/** `ObjectFields` with the causes. */
export interface JudgedFields extends ObjectFields {
  missing(required: RequiredFields): readonly JudgedField[]
}

/** Related objects by the path that leads to them, in lower case: `account`, `account.owner`. */
type Related = ReadonlyMap<string, DescribedObject | null>

export const noneRelated: Related = new Map()

/** Judges a describe answer. `user` is whose view it is, where known. */
export const objectFields = (describe: unknown, user: string | null, related: Related = noneRelated): JudgedFields =>
  judged(describedObject(describe), user, related)

/** The judgement on an object that this user can't see (or that doesn't exist: Salesforce doesn't say which). */
export const invisibleObject = (object: string, user: string | null): JudgedFields =>
  judgement(object, user, null, noneRelated)

export const judged = (described: DescribedObject, user: string | null, related: Related): JudgedFields =>
  judgement(described.name, user, described, related)

const judgement = (
  name: string,
  user: string | null,
  described: DescribedObject | null,
  related: Related,
): JudgedFields => {
  const fields = (described?.fields ?? []).map((field) => rightsOf(field, described))
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]))
  const missing = (required: RequiredFields): readonly JudgedField[] =>
    wishes(required).flatMap(([field, right]) => lacks(name, described, related, field, right) ?? [])
  return {
    object: name,
    user,
    readable: described?.readable ?? false,
    createable: described?.createable ?? false,
    updateable: described?.updateable ?? false,
    deletable: described?.deletable ?? false,
    fields,
    field: (wanted) => byName.get(wanted.toLowerCase()),
    missing,
    require: (required) => {
      const lacking = missing(required)
      if (lacking.length === 0) return
      const whose = user === null ? '' : ` for user ${user}`
      throw new KeyturnError(
        'FIELDS_MISSING',
        `${name}${whose}: ${lacking.map(({ field, right, text }) => `${field}:${right} is missing (${text})`).join('; ')}`,
        { data: { object: name, user, missing: lacking.map((lack) => ({ ...lack })) } },
      )
    },
  }
}

const rightsOf = (field: DescribedField, object: DescribedObject | null): FieldRights => ({
  name: field.name,
  label: field.label,
  type: field.type,
  read: true,
  create: field.createable && (object?.createable ?? false),
  update: field.updateable && (object?.updateable ?? false),
  filter: field.filterable,
})

const rights: readonly FieldRight[] = ['read', 'create', 'update']

const wishes = (required: RequiredFields): readonly (readonly [string, FieldRight])[] =>
  Object.entries(required).flatMap(([field, wanted]) =>
    (typeof wanted === 'string' ? [wanted] : wanted).map((right) => {
      if (rights.includes(right)) return [field, right] as const
      throw new KeyturnError('BAD_ARGUMENT', `${field}: ${JSON.stringify(right)} is no right`, {
        data: { field, right: String(right) },
        fix: `Use ${rights.join(', ')}.`,
      })
    }),
  )

/** Follows a dotted name to its object, then asks there. Undefined: nothing is missing. */
const lacks = (
  objectName: string,
  root: DescribedObject | null,
  related: Related,
  required: string,
  right: FieldRight,
): JudgedField | undefined => {
  const lack = (cause: MissingCause, text: string): JudgedField => ({ field: required, right, cause, text })
  if (root === null) return lack('object-not-visible', `${objectName} doesn't exist or this user has no access to it`)
  const steps = required.split('.')
  const last = steps.pop() ?? required
  let object = root
  const path: string[] = []
  for (const step of steps) {
    const reference = relationship(object, step)
    if (reference === undefined) {
      return lack(
        'relationship-not-visible',
        `${object.name} has no relationship ${step}, or this user can't read the field behind it`,
      )
    }
    path.push(step.toLowerCase())
    const next = related.get(path.join('.'))
    if (next === undefined) {
      return lack('relationship-not-loaded', `${path.join('.')} was not described: name ${required} when loading`)
    }
    if (next === null) {
      const parents = reference.referenceTo.join(', ')
      return reference.polymorphic
        ? lack('object-not-visible', `${step} leads to ${parents}: of several parents only the object Name is readable`)
        : lack('object-not-visible', `this user has no access to ${parents}`)
    }
    object = next
  }
  return lacksField(object, last, right, lack)
}

const lacksField = (
  object: DescribedObject,
  name: string,
  right: FieldRight,
  lack: (cause: MissingCause, text: string) => JudgedField,
): JudgedField | undefined => {
  if (right === 'read' && !object.readable) return lack('object-not-readable', `${object.name} can't be queried`)
  if (right === 'create' && !object.createable) {
    return lack('object-not-createable', `this user can't create ${object.name}`)
  }
  if (right === 'update' && !object.updateable) {
    return lack('object-not-updateable', `this user can't update ${object.name}`)
  }
  const field = fieldOf(object, name)
  if (field === undefined) {
    return lack('field-not-visible', `${object.name}.${name} doesn't exist or this user can't read it`)
  }
  if (right === 'read' || (right === 'create' ? field.createable : field.updateable)) return undefined
  const parts = object.fields.filter((part) => part.compoundFieldName === field.name)
  if (parts.length > 0 || field.type === 'address' || field.type === 'location') {
    const names = parts.map((part) => part.name).join(', ')
    return lack('compound', `a compound field is written by its parts${names === '' ? '' : `: ${names}`}`)
  }
  if (field.calculated || field.autoNumber) {
    return lack('calculated', `${object.name}.${field.name} is calculated by Salesforce and can't be written`)
  }
  return right === 'create'
    ? lack('not-createable', `this user can't set ${object.name}.${field.name} when creating`)
    : lack('not-updateable', `this user can't change ${object.name}.${field.name}`)
}

/** Names are case-insensitive in REST and SOQL alike. */
const fieldOf = (object: DescribedObject, name: string): DescribedField | undefined =>
  object.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())

/** The reference field behind a relationship name (`Account` → `AccountId`, `Parent__r` → `Parent__c`). */
export const relationship = (object: DescribedObject, step: string): DescribedField | undefined =>
  object.fields.find(
    (field) => field.relationshipName?.toLowerCase() === step.toLowerCase() && field.referenceTo.length > 0,
  )
