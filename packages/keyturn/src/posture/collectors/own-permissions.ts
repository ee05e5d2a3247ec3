/**
 * What the auditor's own user may do. Half of the platform's objects answer a user who may not see them with fewer rows
 * instead of a refusal, so a collector that did not ask this first would take “mine” for “all”.
 */
import type { Asker } from './asker.ts'
import { flag } from './cells.ts'

/** As Setup calls them. */
export const permissionLabels = {
  ApiEnabled: 'API Enabled',
  CustomizeApplication: 'Customize Application',
  ManageTwoFactor: 'Manage Multi-Factor Authentication in API',
  ManageUsers: 'Manage Users',
  ModifyAllData: 'Modify All Data',
  ModifyMetadata: 'Modify Metadata Through Metadata API Functions',
  MonitorLoginHistory: 'Monitor Login History',
  QueryAllFiles: 'Query All Files',
  ViewAllData: 'View All Data',
  ViewAllUsers: 'View All Users',
  ViewEventLogFiles: 'View Event Log Files',
  ViewHealthCheck: 'View Health Check',
  ViewSetup: 'View Setup and Configuration',
  ViewSetupAuditTrail: 'View Setup Audit Trail',
} as const

export type AuditPermission = keyof typeof permissionLabels

const wanted = Object.keys(permissionLabels) as readonly AuditPermission[]

/** Effective, with what its permission sets and groups give. A name that this org doesn't have nobody holds. */
export const ownPermissions = async (ask: Asker): Promise<ReadonlySet<AuditPermission>> => {
  const fields = await ask.fields('UserPermissionAccess')
  const there = wanted.filter((name) => fields.has(`Permissions${name}`))
  const [own] = await ask.rows(
    `SELECT ${there.map((name) => `Permissions${name}`).join(', ')} FROM UserPermissionAccess LIMIT 1`,
  )
  return new Set(own === undefined ? [] : there.filter((name) => flag(own, `Permissions${name}`)))
}
