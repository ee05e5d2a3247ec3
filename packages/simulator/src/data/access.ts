/**
 * What a user may do: the union of what the profile's own permission set and every assigned, living permission set
 * grant. Users of the System Administrator profile see and change everything.
 */
import type { SimOrg } from '../route.ts'
import { defaultDataSwitches, isOpen } from './data-switches.ts'
import type { Field } from './field.ts'
import type { SObject } from './sobject.ts'
import { prepared } from './statements.ts'
import { isUserPermission, permissionColumn, permissionGate, userPermissions } from './user-permissions.ts'
import { dateTimeText } from './values.ts'

export const administratorProfile = 'System Administrator'

interface ObjectAccess {
  readonly read: boolean
  readonly create: boolean
  readonly edit: boolean
  readonly delete: boolean
}

export interface Access {
  readonly userId: string
  readonly profileId: string | null
  readonly timeZone: string
  has(permission: string): boolean
  object(sobject: SObject): ObjectAccess
  canRead(sobject: SObject, field: Field): boolean
  canEdit(sobject: SObject, field: Field): boolean
}

const nothing: ObjectAccess = { read: false, create: false, edit: false, delete: false }

/** The parts of an address share the security of the whole. */
export const securedBy = (field: Field): string =>
  field.compoundFieldName?.endsWith('Address') === true ? field.compoundFieldName : field.name

const flag = (row: Readonly<Record<string, unknown>> | undefined, column: string): boolean =>
  Number(row?.[column] ?? 0) === 1

/** The access of one user, looked up lazily and kept for the length of one request. */
export function accessOf(org: SimOrg, userId: string): Access {
  const user = prepared(
    org.db,
    `SELECT u."ProfileId" AS profileId, u."TimeZoneSidKey" AS timeZone, p."Name" AS profile
    FROM "User" u LEFT JOIN "Profile" p ON p."Id" = u."ProfileId" WHERE u."Id" = ?`,
  ).get(userId)
  const profileId = typeof user?.['profileId'] === 'string' ? user['profileId'] : null
  const administrator = user?.['profile'] === administratorProfile
  const sets = JSON.stringify(
    prepared(
      org.db,
      `SELECT "Id" FROM "PermissionSet" WHERE "ProfileId" = ?1 AND "IsOwnedByProfile" = 1
      UNION SELECT a."PermissionSetId" FROM "PermissionSetAssignment" a
      JOIN "PermissionSet" s ON s."Id" = a."PermissionSetId"
      WHERE a."AssigneeId" = ?2 AND a."IsActive" = 1 AND s."HasActivationRequired" = 0
      AND (a."ExpirationDate" IS NULL OR a."ExpirationDate" > ?3)`,
    )
      .all(profileId, userId, dateTimeText(org.now()))
      .map((row) => row['Id']),
  )
  const switches = org.settings?.() ?? defaultDataSwitches
  const offered = (field: Field): boolean => field.gate === null || isOpen(field.gate, switches)
  const inSets = 'IN (SELECT value FROM json_each(?))'
  let granted: Readonly<Record<string, unknown>> | undefined
  const objects = new Map<string, ObjectAccess>()
  const fields = new Map<string, ReadonlyMap<string, { read: boolean; edit: boolean }>>()

  const has = (permission: string): boolean => {
    const gate = isUserPermission(permission) ? permissionGate(permission) : null
    if (gate !== null && !isOpen(gate, switches)) return false
    granted ??= prepared(
      org.db,
      `SELECT ${userPermissions.map((name) => `MAX("${permissionColumn(name)}") AS "${name}"`).join(', ')}
      FROM "PermissionSet" WHERE "Id" ${inSets}`,
    ).get(sets)
    return flag(granted, permission)
  }

  const fieldRow = (sobject: SObject, field: Field): { read: boolean; edit: boolean } | undefined => {
    const known =
      fields.get(sobject.name) ??
      new Map(
        prepared(
          org.db,
          `SELECT "Field" AS name, MAX("PermissionsRead") AS read, MAX("PermissionsEdit") AS edit
        FROM "FieldPermissions" WHERE "SobjectType" = ? AND "ParentId" ${inSets} GROUP BY "Field"`,
        )
          .all(sobject.name, sets)
          .map((row) => [String(row['name']), { read: flag(row, 'read'), edit: flag(row, 'edit') }]),
      )
    fields.set(sobject.name, known)
    return known.get(`${sobject.name}.${securedBy(field)}`)
  }

  const objectFromRows = (sobject: SObject): ObjectAccess => {
    const row = prepared(
      org.db,
      `SELECT MAX("PermissionsRead") AS r, MAX("PermissionsCreate") AS c,
      MAX("PermissionsEdit") AS e, MAX("PermissionsDelete") AS d FROM "ObjectPermissions"
      WHERE "SobjectType" = ? AND "ParentId" ${inSets}`,
    ).get(sobject.name, sets)
    return { read: flag(row, 'r'), create: flag(row, 'c'), edit: flag(row, 'e'), delete: flag(row, 'd') }
  }

  const objectAccess = (sobject: SObject): ObjectAccess => {
    if (switches.absentObjects.includes(sobject.name)) return nothing
    if (sobject.visibleTo === 'object-permissions') {
      if (administrator || has('ModifyAllData')) return { read: true, create: true, edit: true, delete: true }
      const rows = objectFromRows(sobject)
      return has('ViewAllData') ? { ...rows, read: true } : rows
    }
    const read = administrator || sobject.visibleTo.length === 0 || sobject.visibleTo.some(has)
    if (!read) return nothing
    const write = administrator || sobject.writableWith.some(has)
    // Whoever sees a session may end it.
    const remove = sobject.writableWith.length === 0 || write
    return {
      read,
      create: write && sobject.createable,
      edit: write && sobject.updateable,
      delete: remove && sobject.deletable,
    }
  }

  return {
    userId,
    profileId,
    timeZone: typeof user?.['timeZone'] === 'string' ? user['timeZone'] : 'GMT',
    has,
    object(sobject) {
      const known = objects.get(sobject.name) ?? objectAccess(sobject)
      objects.set(sobject.name, known)
      return known
    },
    canRead: (sobject, field) =>
      offered(field) && (administrator || !field.permissionable || fieldRow(sobject, field)?.read === true),
    canEdit: (sobject, field) =>
      offered(field) && (administrator || !field.permissionable || fieldRow(sobject, field)?.edit === true),
  }
}

/** Whether a user holds a user permission, by its API name without the prefix. */
export function hasPermission(org: SimOrg, userId: string, permission: string): boolean {
  return accessOf(org, userId).has(permission)
}
