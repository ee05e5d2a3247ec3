/** SetupAuditTrail entries of changes that come in through the record resources. */
import type { SimOrg } from '../route.ts'
import { insertRow } from './rows.ts'
import type { SObject } from './sobject.ts'
import { prepared } from './statements.ts'
import { isUserPermission } from './user-permissions.ts'

export type Row = Readonly<Record<string, unknown>>

interface Change {
  readonly sobject: SObject
  /** null: the row is new. */
  readonly before: Row | null
  /** null: the row is gone. */
  readonly after: Row | null
}

interface AuditEntry {
  readonly action: string
  readonly section: string
  readonly display: string
}

const users = 'Manage Users'

function labelOf(org: SimOrg, table: 'User' | 'PermissionSet' | 'Profile', column: string, id: unknown): string {
  const row = prepared(org.db, `SELECT "${column}" AS label FROM "${table}" WHERE "Id" = ?`).get(String(id))
  return String(row?.['label'] ?? id)
}

function entriesOf(org: SimOrg, { sobject, before, after }: Change): readonly AuditEntry[] {
  const row = after ?? before ?? {}
  const set = (id: unknown): string => labelOf(org, 'PermissionSet', 'Name', id)
  const changed = (column: string): boolean => before?.[column] !== after?.[column]
  switch (sobject.name) {
    case 'PermissionSetAssignment': {
      const who = `user ${labelOf(org, 'User', 'Name', row['AssigneeId'])} (UserID: [${String(row['AssigneeId']).slice(0, 15)}])`
      return [
        after === null
          ? {
              action: 'PermSetUnassign',
              section: users,
              display: `Permission set ${set(row['PermissionSetId'])}: unassigned from ${who}`,
            }
          : {
              action: 'PermSetAssign',
              section: users,
              display: `Permission set ${set(row['PermissionSetId'])}: assigned to ${who}`,
            },
      ]
    }
    case 'PermissionSet': {
      const name = String(row['Name'])
      if (before === null)
        return [{ action: 'PermSetCreate', section: users, display: `Created permission set ${name}` }]
      if (after === null)
        return [{ action: 'PermSetDelete', section: users, display: `Deleted permission set ${name}` }]
      return Object.keys(after).flatMap((column) => {
        const permission = column.replace(/^Permissions/, '')
        if (!column.startsWith('Permissions') || !isUserPermission(permission) || !changed(column)) return []
        const enabled = after[column] === 1
        return [
          {
            action: enabled ? 'PermSetEnableUserPerm' : 'PermSetDisableUserPerm',
            section: users,
            display: `Changed permission set ${name}: ${sobject.fields.find((field) => field.name === column)?.label ?? permission} permission was changed from ${enabled ? 'disabled to enabled' : 'enabled to disabled'}`,
          },
        ]
      })
    }
    case 'ObjectPermissions':
      return [
        {
          action: 'PermSetEntityPermChanged',
          section: users,
          display: `Changed object permissions for ${String(row['SobjectType'])} in permission set ${set(row['ParentId'])}`,
        },
      ]
    case 'FieldPermissions':
      return [
        {
          action: 'PermSetFlsChanged',
          section: users,
          display: `Changed field-level security for ${String(row['Field'])} in permission set ${set(row['ParentId'])}`,
        },
      ]
    case 'SetupEntityAccess':
      return [
        {
          action: `SetupEntityAccessAudit_PermissionSet_ConnectedApplication_${after === null ? 'Disabled' : 'Enabled'}`,
          section: users,
          display: `Changed permission set ${set(row['ParentId'])}: connected app ${String(row['SetupEntityId'])} is ${after === null ? 'disabled' : 'enabled'}`,
        },
      ]
    case 'UserLogin': {
      if (!changed('IsFrozen')) return []
      const name = labelOf(org, 'User', 'Name', row['UserId'])
      return [
        after?.['IsFrozen'] === 1
          ? { action: 'frozeuser', section: users, display: `Froze user ${name}` }
          : { action: 'unfrozeuser', section: users, display: `Unfroze user ${name}` },
      ]
    }
    case 'User':
      return userEntries(org, before, after ?? {}, changed)
  }
  return []
}

function userEntries(
  org: SimOrg,
  before: Row | null,
  after: Row,
  changed: (column: string) => boolean,
): readonly AuditEntry[] {
  const name = String(after['Name'])
  if (before === null) return [{ action: 'createduser', section: users, display: `Created new user ${name}` }]
  const entries: AuditEntry[] = []
  if (changed('IsActive')) {
    entries.push(
      after['IsActive'] === 1
        ? { action: 'activateduser', section: users, display: `Activated user ${name}` }
        : { action: 'deactivateduser', section: users, display: `Deactivated user ${name}` },
    )
  }
  if (changed('Email'))
    entries.push({
      action: 'changedemail',
      section: users,
      display: `Changed email for user ${name} from ${String(before['Email'])} to ${String(after['Email'])}`,
    })
  if (changed('Username'))
    entries.push({
      action: 'changedusername',
      section: users,
      display: `Changed username for user ${name} from ${String(before['Username'])} to ${String(after['Username'])}`,
    })
  if (changed('FederationIdentifier'))
    entries.push({
      action: 'changedfederationid',
      section: users,
      display: `Changed federation identifier for user ${name}`,
    })
  if (changed('ProfileId')) {
    const profile = (id: unknown): string => labelOf(org, 'Profile', 'Name', id)
    entries.push({
      action: 'changedprofileforuser',
      section: users,
      display: `Changed profile for user ${name} from ${profile(before['ProfileId'])} to ${profile(after['ProfileId'])}`,
    })
  }
  return entries
}

export function recordChange(org: SimOrg, byUserId: string, change: Change): void {
  for (const { action, section, display } of entriesOf(org, change)) {
    insertRow(org, 'SetupAuditTrail', { Action: action, Section: section, Display: display, CreatedById: byUserId })
  }
}
