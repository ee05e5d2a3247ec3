/** Creating, changing and deleting records as a user: permissions, field security, required fields, uniqueness. */
import type { SimOrg } from '../route.ts'
import type { Access } from './access.ts'
import { ApiError, notFound } from './api-error.ts'
import { childrenOf, fieldNamed, sobjectNamed } from './catalogue.ts'
import type { Field } from './field.ts'
import { insertRow } from './rows.ts'
import { checkLicenses, countLicenses } from './licenses.ts'
import { recordChange, type Row } from './setup-audit.ts'
import { hasField, type SObject } from './sobject.ts'
import { prepared } from './statements.ts'
import { hasColumn, quoted } from './tables.ts'
import { columnValue } from './validate.ts'
import { dateTimeText, type SqlValue } from './values.ts'

interface Writer {
  readonly org: SimOrg
  readonly access: Access
}

type Values = Readonly<Record<string, unknown>>

/** Runs a write whole or not at all, also inside of another. */
export function atomically<T>(org: SimOrg, work: () => T): T {
  org.db.exec('SAVEPOINT write')
  try {
    const result = work()
    org.db.exec('RELEASE write')
    return result
  } catch (error) {
    org.db.exec('ROLLBACK TO write')
    org.db.exec('RELEASE write')
    throw error
  }
}

export function rowOf(org: SimOrg, sobject: SObject, id: string): Row | undefined {
  return prepared(org.db, `SELECT * FROM ${quoted(sobject.name)} WHERE "Id" = ?`).get(id)
}

/** The row a caller means to write: it has to be there, alive, and among those the caller may see. */
function writableRow({ org, access }: Writer, sobject: SObject, id: string): Row {
  const row = rowOf(org, sobject, id)
  if (row === undefined) throw notFound()
  if (row['IsDeleted'] === 1) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted')
  const own = sobject.ownRows
  if (own !== null && !own.unless.some((permission) => access.has(permission)) && row[own.column] !== access.userId)
    throw notFound()
  return row
}

const noRight = (): ApiError =>
  new ApiError(403, 'INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id')

/** Values by field, from what the client sent: names checked, parents named by external id looked up. */
function fieldValues(
  writer: Writer,
  sobject: SObject,
  sent: Values,
  purpose: 'create' | 'update',
): Map<Field, SqlValue> {
  const { org, access } = writer
  const values = new Map<Field, SqlValue>()
  const refused: string[] = []
  for (const [name, value] of Object.entries(sent)) {
    if (name === 'attributes') continue
    const parent =
      typeof value === 'object' && value !== null
        ? parentByExternalId(writer, sobject, name, value as Values)
        : undefined
    const field = parent?.field ?? fieldNamed(sobject, name)
    if (field === undefined || !access.canRead(sobject, field)) {
      throw new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${sobject.name}`)
    }
    if (field.type === 'id') {
      throw purpose === 'create'
        ? new ApiError(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', 'cannot specify Id in an insert call')
        : new ApiError(400, 'INVALID_FIELD', 'The Id field should not be specified in the sobject data.')
    }
    const writable = purpose === 'create' ? field.createable : field.updateable
    if (!writable || !access.canEdit(sobject, field)) refused.push(field.name)
    else values.set(field, parent?.id ?? columnValue(org, field, value))
  }
  if (refused.length > 0) {
    throw new ApiError(
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${refused.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      refused,
    )
  }
  return values
}

function parentByExternalId(
  writer: Writer,
  sobject: SObject,
  name: string,
  key: Values,
): { field: Field; id: string } | undefined {
  const field = sobject.fields.find((each) => each.relationshipName?.toLowerCase() === name.toLowerCase())
  const parent = field === undefined ? undefined : sobjectNamed(field.referenceTo[0] ?? '')
  const [[keyName, value] = ['', undefined], ...more] = Object.entries(key).filter(([each]) => each !== 'attributes')
  const keyField = parent === undefined ? undefined : fieldNamed(parent, keyName)
  if (field === undefined || parent === undefined || keyField === undefined || more.length > 0) return undefined
  if (!keyField.externalId && !keyField.idLookup) return undefined
  const [id] = idsByField(writer.org, parent, keyField, String(value))
  if (id === undefined) {
    throw new ApiError(
      400,
      'INVALID_FIELD',
      `Foreign key external ID: ${String(value)} not found for field ${keyField.name} in entity ${parent.name}`,
    )
  }
  return { field, id }
}

/** Ids of living records whose field holds a value; more than one when the field isn't unique. */
export function idsByField(org: SimOrg, sobject: SObject, field: Field, value: string): readonly string[] {
  const living = hasField(sobject, 'IsDeleted') ? ' AND "IsDeleted" = 0' : ''
  return prepared(
    org.db,
    `SELECT "Id" AS id FROM ${quoted(sobject.name)} WHERE ${quoted(field.name)} = ?${living} LIMIT 2`,
  )
    .all(value)
    .map((row) => String(row['id']))
}

function checkUnique(org: SimOrg, sobject: SObject, values: ReadonlyMap<Field, SqlValue>, selfId: string | null): void {
  for (const [field, value] of values) {
    if (!field.unique || typeof value !== 'string') continue
    const other = idsByField(org, sobject, field, value).find((id) => id !== selfId)
    if (other === undefined) continue
    if (field.name === 'Username')
      throw new ApiError(
        400,
        'DUPLICATE_USERNAME',
        'Duplicate Username. Another user has already selected this username. Please select another.',
        ['Username'],
      )
    throw new ApiError(
      400,
      'DUPLICATE_VALUE',
      `duplicate value found: ${field.name} duplicates value on record with id: ${other.slice(0, 15)}`,
    )
  }
}

function missing(fields: readonly Field[]): void {
  if (fields.length === 0) return
  const names = fields.map((field) => field.name)
  throw new ApiError(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names)
}

const isRequired = (field: Field): boolean => !field.nillable && field.type !== 'boolean' && field.name !== 'OwnerId'

export function createRecord(writer: Writer, sobject: SObject, sent: Values): string {
  const { org, access } = writer
  if (!sobject.createable)
    throw new ApiError(400, 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', `entity type cannot be inserted: ${sobject.label}`)
  if (!access.object(sobject).create) throw noRight()
  const values = fieldValues(writer, sobject, sent, 'create')
  missing(
    sobject.fields.filter(
      (field) =>
        field.createable && isRequired(field) && field.defaultValue === null && (values.get(field) ?? null) === null,
    ),
  )
  checkUnique(org, sobject, values, null)
  return atomically(org, () => {
    const id = insertRow(org, sobject.name, {
      ...(hasField(sobject, 'CreatedById') ? { CreatedById: access.userId } : {}),
      ...Object.fromEntries([...values].map(([field, value]) => [field.name, value])),
    })
    const after = rowOf(org, sobject, id) ?? {}
    checkLicenses(org, sobject, null, after)
    if (sobject.name === 'User') org.userSaved?.(id)
    recordChange(org, access.userId, { sobject, before: null, after })
    return id
  })
}

export function updateRecord(writer: Writer, sobject: SObject, id: string, sent: Values): void {
  const { org, access } = writer
  const before = writableRow(writer, sobject, id)
  if (!access.object(sobject).edit) throw noRight()
  const values = fieldValues(writer, sobject, sent, 'update')
  missing([...values].filter(([field, value]) => isRequired(field) && value === null).map(([field]) => field))
  checkUnique(org, sobject, values, id)
  if (values.size === 0) return
  const now = dateTimeText(org.now())
  const stamps: readonly (readonly [string, string])[] = [
    ['LastModifiedDate', now],
    ['SystemModstamp', now],
    ['LastModifiedById', access.userId],
  ]
  const columns = [
    ...[...values].map(([field, value]) => [field.name, value] as const),
    ...stamps.filter(([name]) => hasField(sobject, name)),
  ]
  atomically(org, () => {
    const assignments = columns.map(([name]) => `${quoted(name)} = ?`).join(', ')
    prepared(org.db, `UPDATE ${quoted(sobject.name)} SET ${assignments} WHERE "Id" = ?`).run(
      ...columns.map(([, value]) => value),
      id,
    )
    const after = rowOf(org, sobject, id) ?? {}
    checkLicenses(org, sobject, before, after)
    if (sobject.name === 'User') org.userSaved?.(id)
    recordChange(org, access.userId, { sobject, before, after })
  })
}

export function deleteRecord(writer: Writer, sobject: SObject, id: string): void {
  const { org, access } = writer
  const before = writableRow(writer, sobject, id)
  if (!access.object(sobject).delete) throw noRight()
  if (sobject.name === 'PermissionSet' && isAssigned(org, id)) {
    throw new ApiError(400, 'DELETE_FAILED', `You can't delete a permission set that is assigned to users.`)
  }
  if (sobject.name === 'PermissionSetAssignment' && isOfProfile(org, before['PermissionSetId']))
    throw new ApiError(400, 'DELETE_FAILED', 'The assignment of a profile’s own permission set can’t be deleted.')
  atomically(org, () => {
    removeRow(org, sobject, id)
    if (sobject.name === 'PermissionSetLicenseAssign') countLicenses(org)
    recordChange(org, access.userId, { sobject, before, after: null })
  })
}

/** The platform keeps a permission set that somebody still has. */
function isAssigned(org: SimOrg, permissionSetId: string): boolean {
  return (
    prepared(org.db, `SELECT 1 FROM "PermissionSetAssignment" WHERE "PermissionSetId" = ?`).get(permissionSetId) !==
    undefined
  )
}

function isOfProfile(org: SimOrg, permissionSetId: unknown): boolean {
  const found = prepared(org.db, `SELECT 1 FROM "PermissionSet" WHERE "Id" = ? AND "IsOwnedByProfile" = 1`)
  return found.get(String(permissionSetId)) !== undefined
}

function removeRow(org: SimOrg, sobject: SObject, id: string): void {
  for (const { child, field } of childrenOf(sobject)) {
    if (!field.cascadeDelete || !hasColumn(field)) continue
    const rows = prepared(org.db, `SELECT "Id" AS id FROM ${quoted(child.name)} WHERE ${quoted(field.name)} = ?`).all(
      id,
    )
    for (const row of rows) removeRow(org, child, String(row['id']))
  }
  if (hasField(sobject, 'IsDeleted')) {
    prepared(org.db, `UPDATE ${quoted(sobject.name)} SET "IsDeleted" = 1, "SystemModstamp" = ? WHERE "Id" = ?`).run(
      dateTimeText(org.now()),
      id,
    )
  } else {
    prepared(org.db, `DELETE FROM ${quoted(sobject.name)} WHERE "Id" = ?`).run(id)
  }
}
