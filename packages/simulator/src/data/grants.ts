/** Profiles and permission sets as a seed declares them, and the rows that come of it. */
import type { SimOrg } from '../route.ts'
import { securedBy } from './access.ts'
import { catalogue, sobjectNamed } from './catalogue.ts'
import { integrationSetLicense } from './licenses.ts'
import { insertRow } from './rows.ts'
import type { SObject } from './sobject.ts'
import { isUserPermission, permissionColumn, type UserPermission } from './user-permissions.ts'

interface ObjectGrant {
  /** Letters of read, create, edit, delete: 'rced'. */
  readonly rights: string
  /** Fields that can't be read at all. */
  readonly hidden?: readonly string[]
  /** Fields that can be read and not changed. */
  readonly readOnly?: readonly string[]
}

interface GrantDeclaration {
  readonly permissions: readonly UserPermission[]
  readonly objects: Readonly<Record<string, ObjectGrant>>
}

export const everything: Readonly<Record<string, ObjectGrant>> = Object.fromEntries(
  catalogue
    .filter((sobject) => sobject.visibleTo === 'object-permissions')
    .map((sobject) => [sobject.name, { rights: 'rced' }]),
)

const asColumns = (permissions: readonly UserPermission[]): Readonly<Record<string, boolean>> =>
  Object.fromEntries(permissions.map((permission) => [permissionColumn(permission), true]))

export function insertProfile(org: SimOrg, name: string, licenseId: string, declared: GrantDeclaration): string {
  const permissions = asColumns(declared.permissions)
  const profileId = insertRow(org, 'Profile', {
    Name: name,
    UserType: 'Standard',
    UserLicenseId: licenseId,
    ...permissions,
  })
  const setId = insertRow(org, 'PermissionSet', {
    // The hidden set is named by its profile's id, as an X00e… name that nobody types.
    Name: `X${profileId.slice(0, 15)}`,
    Label: profileId,
    IsOwnedByProfile: true,
    IsCustom: false,
    Type: 'Profile',
    ProfileId: profileId,
    LicenseId: licenseId,
    ...permissions,
  })
  insertGrants(org, setId, declared.objects)
  return profileId
}

export function insertPermissionSet(org: SimOrg, name: string, label: string, declared: GrantDeclaration): string {
  const id = insertRow(org, 'PermissionSet', { Name: name, Label: label, ...asColumns(declared.permissions) })
  insertGrants(org, id, declared.objects)
  return id
}

/** Gives a user a permission set by its name. */
export function assignPermissionSet(org: SimOrg, userId: string, name: string): string {
  const row = org.db.prepare(`SELECT "Id" FROM "PermissionSet" WHERE "Name" = ? AND "IsOwnedByProfile" = 0`).get(name)
  if (typeof row?.['Id'] !== 'string') throw new Error(`No permission set ${name}`)
  return insertRow(org, 'PermissionSetAssignment', { AssigneeId: userId, PermissionSetId: row['Id'] })
}

/** Gives a user permissions through a permission set of its own. */
export function giveUserPermissions(org: SimOrg, userId: string, permissions: readonly UserPermission[]): void {
  const unknown = permissions.find((permission) => !isUserPermission(permission))
  if (unknown !== undefined) throw new Error(`There is no user permission "${unknown}"`)
  const count = org.db.prepare(`SELECT COUNT(*) AS n FROM "PermissionSet"`).get()?.['n']
  const name = `Granted_${String(count)}`
  insertPermissionSet(org, name, name, { permissions, objects: {} })
  assignPermissionSet(org, userId, name)
}

function insertGrants(org: SimOrg, parentId: string, objects: Readonly<Record<string, ObjectGrant>>): void {
  for (const [name, grant] of Object.entries(objects)) {
    const sobject = sobjectNamed(name)
    if (sobject === undefined) throw new Error(`No sobject ${name}`)
    insertRow(org, 'ObjectPermissions', {
      ParentId: parentId,
      SobjectType: sobject.name,
      PermissionsRead: grant.rights.includes('r'),
      PermissionsCreate: grant.rights.includes('c'),
      PermissionsEdit: grant.rights.includes('e'),
      PermissionsDelete: grant.rights.includes('d'),
    })
    insertFieldGrants(org, parentId, sobject, grant)
  }
}

function insertFieldGrants(org: SimOrg, parentId: string, sobject: SObject, grant: ObjectGrant): void {
  const secured = sobject.fields.filter((field) => field.permissionable && securedBy(field) === field.name)
  for (const field of secured) {
    if (grant.hidden?.includes(field.name) === true) continue
    const editable = (field.createable || field.updateable || field.type === 'address') && /[ce]/.test(grant.rights)
    insertRow(org, 'FieldPermissions', {
      ParentId: parentId,
      SobjectType: sobject.name,
      Field: `${sobject.name}.${field.name}`,
      PermissionsRead: true,
      PermissionsEdit: editable && grant.readOnly?.includes(field.name) !== true,
    })
  }
}

/** Lets a user of the integration licence hold permissions on objects. */
export function assignIntegrationLicense(org: SimOrg, userId: string): void {
  const found = org.db.prepare(`SELECT "Id" FROM "PermissionSetLicense" WHERE "DeveloperName" = ?`)
  const id = found.get(integrationSetLicense)?.['Id']
  if (typeof id === 'string')
    insertRow(org, 'PermissionSetLicenseAssign', { AssigneeId: userId, PermissionSetLicenseId: id })
}
