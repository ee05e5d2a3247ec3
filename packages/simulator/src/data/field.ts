/**
 * One field of a sobject and its describe properties, with constructors that carry what the platform decides by type:
 * what can be filtered, sorted, grouped and summed, and how long it is. Object files say only what differs.
 */
import type { Gate } from './data-switches.ts'

type FieldType =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'multipicklist'
  | 'reference'
  | 'boolean'
  | 'int'
  | 'double'
  | 'currency'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'email'
  | 'phone'
  | 'url'
  | 'address'
  | 'base64'
  | 'complexvalue'

export interface Field {
  readonly name: string
  readonly label: string
  readonly type: FieldType
  readonly length: number
  readonly precision: number
  readonly scale: number
  readonly nillable: boolean
  readonly createable: boolean
  readonly updateable: boolean
  readonly filterable: boolean
  readonly sortable: boolean
  readonly groupable: boolean
  /** Whether LIKE is allowed: SourceIp is text and refuses it. */
  readonly likeable: boolean
  /** Whether field-level security applies; false means whoever sees the object sees the field. */
  readonly permissionable: boolean
  readonly custom: boolean
  readonly unique: boolean
  readonly externalId: boolean
  readonly idLookup: boolean
  readonly caseSensitive: boolean
  readonly nameField: boolean
  readonly defaultValue: string | number | boolean | null
  readonly picklist: readonly string[]
  readonly restrictedPicklist: boolean
  readonly referenceTo: readonly string[]
  readonly relationshipName: string | null
  /** The name a parent's subquery uses for these children; null when the relationship has none. */
  readonly childRelationshipName: string | null
  readonly cascadeDelete: boolean
  readonly compoundFieldName: string | null
  /** SQL of a column that is computed from others of the same row. */
  readonly expression: string | null
  readonly helpText: string | null
  /** Column of the parent that this one holds: nearly always its id. */
  readonly joinColumn: 'Id' | 'DurableId'
  /** The API that offers it, where not both do. */
  readonly api: 'both' | 'rest' | 'tooling'
  /** A feature of the org without which the field isn't there. */
  readonly gate: Gate | null
}

type FieldOptions = Partial<Omit<Field, 'name' | 'label' | 'type'>>

function field(type: FieldType, name: string, label: string, byType: FieldOptions, options: FieldOptions): Field {
  const custom = name.endsWith('__c')
  const merged = {
    length: 0,
    precision: 0,
    scale: 0,
    nillable: true,
    createable: true,
    updateable: true,
    filterable: true,
    sortable: true,
    groupable: true,
    likeable: false,
    custom,
    unique: false,
    externalId: false,
    idLookup: options.externalId === true,
    caseSensitive: false,
    nameField: false,
    defaultValue: null,
    picklist: [],
    restrictedPicklist: false,
    referenceTo: [],
    relationshipName: null,
    childRelationshipName: null,
    cascadeDelete: false,
    compoundFieldName: null,
    expression: null,
    helpText: null,
    joinColumn: 'Id' as const,
    api: 'both' as const,
    gate: null,
    ...byType,
    ...options,
  }
  const editable = merged.createable || merged.updateable
  // Required fields can't be taken from anybody, so the platform doesn't let permission sets mention them.
  const permissionable = options.permissionable ?? (merged.nillable && (editable || custom) && type !== 'id')
  return { name, label, type, ...merged, permissionable }
}

export const text = (name: string, label: string, length: number, options: FieldOptions = {}): Field =>
  field('string', name, label, { length, likeable: true }, options)

export const longText = (name: string, label: string, length: number, options: FieldOptions = {}): Field =>
  field('textarea', name, label, { length, filterable: false, sortable: false, groupable: false }, options)

/** A text area of at most 255 characters: unlike a long one it can be filtered and sorted. */
const textArea = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('textarea', name, label, { length: 255, likeable: true }, options)

export const email = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('email', name, label, { length: 80, likeable: true }, options)

export const phone = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('phone', name, label, { length: 40, likeable: true }, options)

export const url = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('url', name, label, { length: 255, likeable: true }, options)

export const picklist = (name: string, label: string, values: readonly string[], options: FieldOptions = {}): Field =>
  field('picklist', name, label, { length: 255, likeable: true, picklist: values }, options)

export const multiPicklist = (
  name: string,
  label: string,
  values: readonly string[],
  options: FieldOptions = {},
): Field =>
  field('multipicklist', name, label, { length: 4099, picklist: values, sortable: false, groupable: false }, options)

export const checkbox = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('boolean', name, label, { nillable: false, defaultValue: false, permissionable: name.endsWith('__c') }, options)

export const integer = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('int', name, label, { precision: 8 }, options)

export const number = (
  name: string,
  label: string,
  precision: number,
  scale: number,
  options: FieldOptions = {},
): Field => field('double', name, label, { precision, scale, groupable: false }, options)

export const currency = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('currency', name, label, { precision: 18, scale: 2, groupable: false }, options)

export const percent = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('percent', name, label, { precision: 5, scale: 2, groupable: false }, options)

export const date = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('date', name, label, {}, options)

export const dateTime = (name: string, label: string, options: FieldOptions = {}): Field =>
  field('datetime', name, label, { groupable: false }, options)

export const reference = (
  name: string,
  label: string,
  to: string | readonly string[],
  relationshipName: string | null,
  options: FieldOptions = {},
): Field =>
  field(
    'reference',
    name,
    label,
    { length: 18, referenceTo: typeof to === 'string' ? [to] : to, relationshipName },
    options,
  )

/** Street, city and so on as one value: it can be read, and nothing else. */
const address = (name: string, label: string): Field =>
  field(
    'address',
    name,
    label,
    { filterable: false, sortable: false, groupable: false },
    {
      createable: false,
      updateable: false,
      permissionable: true,
    },
  )

/** A file: a query shows the address it is read at. */
export const base64 = (name: string, label: string): Field =>
  field('base64', name, label, { filterable: false, sortable: false, groupable: false }, readOnly)

/** What the Tooling API assembles for a single row: the component behind it as metadata. */
export const complexValue = (name: string, label: string): Field =>
  field(
    'complexvalue',
    name,
    label,
    { filterable: false, sortable: false, groupable: false, api: 'tooling' },
    { ...readOnly },
  )

const generated: FieldOptions = { createable: false, updateable: false, nillable: false }

export const readOnly: FieldOptions = { createable: false, updateable: false, permissionable: false }

export const recordId = (options: FieldOptions = {}): Field =>
  field('id', 'Id', 'Record ID', { ...generated, length: 18, idLookup: true }, options)

/** Who made and changed a record, and when. */
export const auditFields = (): readonly Field[] => [
  dateTime('CreatedDate', 'Created Date', generated),
  reference('CreatedById', 'Created By ID', 'User', 'CreatedBy', generated),
  dateTime('LastModifiedDate', 'Last Modified Date', generated),
  reference('LastModifiedById', 'Last Modified By ID', 'User', 'LastModifiedBy', generated),
  dateTime('SystemModstamp', 'System Modstamp', generated),
]

export const deletedFlag = (): Field => checkbox('IsDeleted', 'Deleted', { ...generated, permissionable: false })

/** Street to country of one address, and the compound that holds them. */
export const addressFields = (prefix: string, label: string): readonly Field[] => {
  const part: FieldOptions = { compoundFieldName: `${prefix}Address` }
  return [
    textArea(`${prefix}Street`, `${label} Street`, part),
    text(`${prefix}City`, `${label} City`, 40, part),
    text(`${prefix}State`, `${label} State/Province`, 80, part),
    text(`${prefix}PostalCode`, `${label} Zip/Postal Code`, 20, part),
    text(`${prefix}Country`, `${label} Country`, 80, part),
    address(`${prefix}Address`, `${label} Address`),
  ]
}

/** First and last name and the whole name, which is computed and never written. */
export const personName = (): readonly Field[] => [
  text('LastName', 'Last Name', 80, { nillable: false, compoundFieldName: 'Name' }),
  text('FirstName', 'First Name', 40, { compoundFieldName: 'Name', permissionable: false }),
  text('Name', 'Full Name', 121, {
    createable: false,
    updateable: false,
    nillable: false,
    nameField: true,
    permissionable: false,
    expression: `TRIM(COALESCE("FirstName" || ' ', '') || "LastName")`,
  }),
]
