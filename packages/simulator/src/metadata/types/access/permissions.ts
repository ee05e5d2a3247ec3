/** User, object and field permissions as profiles and permission sets have them in metadata, and as rows. */
import { catalogue, sobjectNamed } from '../../../data/catalogue.ts'
import { insertRow } from '../../../data/index.ts'
import { recordChange } from '../../../data/setup-audit.ts'
import type { Row } from '../../../data/setup-audit.ts'
import { isOpen } from '../../../data/data-switches.ts'
import type { UserPermission } from '../../../data/user-permissions.ts'
import { isUserPermission, permissionColumn, permissionGate, userPermissions } from '../../../data/user-permissions.ts'
import type { Org } from '../../../state/org.ts'
import type { Context } from '../../component-type.ts'
import type { Elements, Json, JsonObject } from '../../elements.ts'
import { ComponentProblem, all, flag, group, listAt, many, required, text, textAt } from '../../elements.ts'

const objectColumns = {
  allowCreate: 'PermissionsCreate',
  allowDelete: 'PermissionsDelete',
  allowEdit: 'PermissionsEdit',
  allowRead: 'PermissionsRead',
  modifyAllRecords: 'PermissionsModifyAllRecords',
  viewAllFields: 'PermissionsViewAllFields',
  viewAllRecords: 'PermissionsViewAllRecords',
} as const

/** `of`: Profile or PermissionSet, which begins the names of the XML types. */
export const permissionElements = (of: string): Elements => ({
  userPermissions: many(group(`${of}UserPermission`, { enabled: required(flag), name: required(text) })),
  objectPermissions: many(
    group(`${of}ObjectPermissions`, { ...all(flag, ...Object.keys(objectColumns)), object: required(text) }),
  ),
  fieldPermissions: many(
    group(of === 'Profile' ? 'ProfileFieldLevelSecurity' : 'PermissionSetFieldPermissions', {
      ...all(flag, 'editable', 'readable', 'hidden'),
      field: required(text),
    }),
  ),
  applicationVisibilities: many(
    group(`${of}ApplicationVisibility`, { application: required(text), ...all(flag, 'default', 'visible') }),
  ),
  classAccesses: many(group(`${of}ApexClassAccess`, { apexClass: required(text), enabled: required(flag) })),
  customPermissions: many(group(`${of}CustomPermissions`, { name: required(text), enabled: required(flag) })),
  pageAccesses: many(group(`${of}ApexPageAccess`, { apexPage: required(text), enabled: required(flag) })),
  description: text,
})

const one = (row: Row, column: string): boolean => Number(row[column] ?? 0) === 1

function isPermissionHere(org: Org, name: UserPermission): boolean {
  const gate = permissionGate(name)
  return gate === null || isOpen(gate, org.settings())
}

export function readPermissions(org: Org, setId: string): JsonObject {
  const set = org.sql('SELECT * FROM PermissionSet WHERE Id = ?').get(setId) ?? {}
  const objects = org.sql('SELECT * FROM ObjectPermissions WHERE ParentId = ? ORDER BY SobjectType').all(setId)
  const fields = org.sql('SELECT * FROM FieldPermissions WHERE ParentId = ? ORDER BY Field').all(setId)
  const lists: Record<string, readonly Json[]> = {
    userPermissions: userPermissions
      .filter((name) => isPermissionHere(org, name) && one(set, permissionColumn(name)))
      .map((name) => ({ enabled: true, name })),
    objectPermissions: objects.map((row) => ({
      ...Object.fromEntries(Object.entries(objectColumns).map(([name, column]) => [name, one(row, column)])),
      object: String(row['SobjectType']),
    })),
    fieldPermissions: fields.map((row) => ({
      editable: one(row, 'PermissionsEdit'),
      field: String(row['Field']),
      readable: one(row, 'PermissionsRead'),
    })),
  }
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))
}

function setUserPermissions(context: Context, setId: string, wanted: readonly Json[], replace: boolean): void {
  const { org, userId } = context
  const sobject = sobjectNamed('PermissionSet')
  const before = org.sql('SELECT * FROM PermissionSet WHERE Id = ?').get(setId)
  if (sobject === undefined || before === undefined) throw new Error(`No permission set ${setId}`)
  const values = new Map<string, boolean>(replace ? userPermissions.map((name) => [name, false]) : [])
  for (const entry of wanted as readonly JsonObject[]) {
    const name = textAt(entry, 'name') ?? ''
    if (!isUserPermission(name) || !isPermissionHere(org, name))
      throw new ComponentProblem(`Unknown user permission: ${name}`)
    values.set(name, entry['enabled'] === true)
  }
  for (const [name, enabled] of values)
    org.sql(`UPDATE PermissionSet SET ${permissionColumn(name)} = ? WHERE Id = ?`).run(Number(enabled), setId)
  const after = org.sql('SELECT * FROM PermissionSet WHERE Id = ?').get(setId) ?? before
  recordChange(org, userId, { sobject, before, after })
}

function setObjectPermissions(
  { org, userId }: Context,
  setId: string,
  wanted: readonly Json[],
  replace: boolean,
): void {
  const sobject = sobjectNamed('ObjectPermissions')
  if (sobject === undefined) return
  if (replace) org.sql('DELETE FROM ObjectPermissions WHERE ParentId = ?').run(setId)
  for (const entry of wanted as readonly JsonObject[]) {
    const name = textAt(entry, 'object') ?? ''
    const known = catalogue.find((object) => object.name === name && object.visibleTo === 'object-permissions')
    if (known === undefined)
      throw new ComponentProblem(`In field: field - no CustomObject named ${name} found`, {
        statusCode: 'INVALID_CROSS_REFERENCE_KEY',
      })
    const flags = Object.entries(objectColumns).map(([element, column]) => [column, entry[element] === true] as const)
    const has = new Map(flags)
    const writes = has.get('PermissionsCreate') === true || has.get('PermissionsEdit') === true
    if (writes && has.get('PermissionsRead') !== true)
      throw new ComponentProblem(`Permission Create ${name} depends on permission(s): Read ${name}`)
    org.sql('DELETE FROM ObjectPermissions WHERE ParentId = ? AND SobjectType = ?').run(setId, name)
    const values = { ParentId: setId, SobjectType: name, ...Object.fromEntries(flags) }
    insertRow(org, 'ObjectPermissions', values)
    recordChange(org, userId, { sobject, before: null, after: values })
  }
}

function setFieldPermissions({ org, userId }: Context, setId: string, wanted: readonly Json[], replace: boolean): void {
  const sobject = sobjectNamed('FieldPermissions')
  if (sobject === undefined) return
  if (replace) org.sql('DELETE FROM FieldPermissions WHERE ParentId = ?').run(setId)
  for (const entry of wanted as readonly JsonObject[]) {
    const path = textAt(entry, 'field') ?? ''
    const [object = '', field = ''] = path.split('.')
    const known = sobjectNamed(object)?.fields.find((one) => one.name === field)
    if (known === undefined)
      throw new ComponentProblem(`In field: field - no CustomField named ${path} found`, {
        statusCode: 'INVALID_CROSS_REFERENCE_KEY',
      })
    if (!known.permissionable) throw new ComponentProblem(`You cannot deploy to a required field: ${path}`)
    org.sql('DELETE FROM FieldPermissions WHERE ParentId = ? AND Field = ?').run(setId, path)
    const [PermissionsRead, PermissionsEdit] = [entry['readable'] === true, entry['editable'] === true]
    if (!PermissionsRead && !PermissionsEdit) continue
    const values = { ParentId: setId, SobjectType: object, Field: path, PermissionsRead, PermissionsEdit }
    insertRow(org, 'FieldPermissions', values)
    recordChange(org, userId, { sobject, before: null, after: values })
  }
}

/** `replace`: what the body doesn't name is taken away, as of a permission set; profiles are only added to. */
export function applyPermissions(context: Context, setId: string, body: JsonObject, replace: boolean): void {
  const list = (name: string): readonly Json[] | undefined => listAt(body, name) ?? (replace ? [] : undefined)
  const [users, objects, fields] = [list('userPermissions'), list('objectPermissions'), list('fieldPermissions')]
  if (users !== undefined) setUserPermissions(context, setId, users, replace)
  if (objects !== undefined) setObjectPermissions(context, setId, objects, replace)
  if (fields !== undefined) setFieldPermissions(context, setId, fields, replace)
}
