/**
 * Profile: a deployment adds to it. Login ranges and hours hold for every user of the profile. Permissions of a standard
 * profile are Salesforce's: a deployment of them reports success and changes nothing (`standardProfileEdits`).
 */
import { insertProfile } from '../../../data/grants.ts'
import { permissionColumn, userPermissions } from '../../../data/user-permissions.ts'
import type { SetupEntry } from '../../../state/setup-changes.ts'
import type { Org } from '../../../state/org.ts'
import { updateUser } from '../../../state/users.ts'
import type { SimUser } from '../../../state/users.ts'
import type { Context } from '../../component-type.ts'
import { componentType } from '../../component-type.ts'
import type { JsonObject } from '../../elements.ts'
import {
  ComponentProblem,
  all,
  flag,
  group,
  listAt,
  many,
  objectAt,
  present,
  required,
  text,
  textAt,
} from '../../elements.ts'
import { bodyOf, forgetRow, keep } from '../../store.ts'
import { endsOf, rangeOf } from '../apps/address-ranges.ts'
import { hoursOf, loginHoursElement } from './login-hours.ts'
import { applyPermissions, permissionElements, readPermissions } from './permissions.ts'
import { metadataProfileName, profileNamed, standardProfiles } from './profile-names.ts'

const type = 'Profile'
const ends = { start: 'startAddress', end: 'endAddress' } as const

const setIdOf = (org: Org, profileId: string): string =>
  String(org.sql('SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = 1 AND ProfileId = ?').get(profileId)?.['Id'])

const licenseOf = (org: Org, profileId: string): string | undefined => {
  const row = org
    .sql('SELECT l.Name FROM Profile p JOIN UserLicense l ON l.Id = p.UserLicenseId WHERE p.Id = ?')
    .get(profileId)
  return typeof row?.['Name'] === 'string' ? row['Name'] : undefined
}

function create({ org }: Context, name: string, body: JsonObject): string {
  const license = textAt(body, 'userLicense') ?? 'Salesforce'
  const row = org.sql('SELECT Id FROM UserLicense WHERE Name = ?').get(license)
  if (typeof row?.['Id'] !== 'string')
    throw new ComponentProblem(`In field: userLicense - no UserLicense named ${license} found`, {
      statusCode: 'INVALID_CROSS_REFERENCE_KEY',
    })
  return insertProfile(org, name, row['Id'], { permissions: [], objects: {} })
}

/** The profile's own row shows the same checkboxes as the permission set it owns. */
function copyToProfile(org: Org, profileId: string): void {
  const columns = userPermissions.map(permissionColumn)
  const set = setIdOf(org, profileId)
  for (const column of columns)
    org
      .sql(`UPDATE Profile SET ${column} = (SELECT ${column} FROM PermissionSet WHERE Id = ?) WHERE Id = ?`)
      .run(set, profileId)
}

function toUsers(org: Org, profileId: string, change: Partial<SimUser>): void {
  for (const { id } of org.sql('SELECT id FROM sim_user WHERE profileId = ?').all(profileId))
    updateUser(org, String(id), change)
}

function applyRanges(context: Context, name: string, profileId: string, body: JsonObject, was: JsonObject): void {
  const list = listAt(body, 'loginIpRanges')
  if (list === undefined) return
  const ranges = list.map((range) => rangeOf(range as JsonObject, ends))
  const before = (listAt(was, 'loginIpRanges') ?? []).map((range) => rangeOf(range as JsonObject, ends))
  toUsers(context.org, profileId, { loginAddresses: ranges.length === 0 ? null : ranges })
  const said = (range: string): string => endsOf(range).join(' to ')
  const added: readonly SetupEntry[] = ranges
    .filter((range) => !before.includes(range))
    .map((range) => ({
      action: 'loginIpRange',
      section: 'Manage Users',
      display: `Added Login Ip Range to ${name} from ${said(range)}`,
    }))
  const deleted: readonly SetupEntry[] = before
    .filter((range) => !ranges.includes(range))
    .map((range) => ({
      action: 'deletedLoginIpRange_withProfile',
      section: null,
      display: `Deleted Login Ip Range from ${name} from ${said(range)}`,
    }))
  context.audit([...deleted, ...added])
}

function applyHours(context: Context, name: string, profileId: string, body: JsonObject): void {
  const hours = objectAt(body, 'loginHours')
  if (hours === undefined) return
  toUsers(context.org, profileId, { loginHours: hoursOf(hours) })
  const kind = standardProfiles.has(name) ? 'Standard' : 'Custom'
  const display = `Changed login hours of profile ${name}`
  context.audit([{ action: `profileLoginHoursChanged${kind}`, section: 'Manage Users', display }])
}

export const profile = componentType({
  name: type,
  directory: 'profiles',
  suffix: 'profile',
  since: 10,
  idPrefix: '00e',
  needs: ['ManageProfilesPermissionsets', 'ManageUsers'],
  elements: {
    ...permissionElements(type),
    custom: flag,
    userLicense: text,
    loginHours: loginHoursElement,
    loginIpRanges: many(
      group('ProfileLoginIpRange', { ...all(required(text), 'startAddress', 'endAddress'), description: text }),
    ),
    layoutAssignments: many(group('ProfileLayoutAssignment', { layout: required(text), recordType: text })),
    tabVisibilities: many(group('ProfileTabVisibility', { tab: required(text), visibility: required(text) })),
    loginFlows: many(
      group('LoginFlow', {
        ...all(text, 'flow', 'flowType', 'friendlyName', 'uiLoginFlowType'),
        useLightningRuntime: flag,
      }),
    ),
  },
  names: ({ org }) =>
    org
      .sql('SELECT Name FROM Profile ORDER BY Name')
      .all()
      .map((row) => metadataProfileName(String(row['Name']))),
  recordId: ({ org }, name) => profileNamed(org, name)?.id,
  read: ({ org }, fullName) => {
    const row = profileNamed(org, fullName)
    if (row === undefined) return undefined
    const kept = bodyOf(org, type, fullName)
    return present({
      ...kept,
      custom: !standardProfiles.has(row.name),
      userLicense: licenseOf(org, row.id),
      userPermissions: undefined,
      objectPermissions: undefined,
      fieldPermissions: undefined,
      ...readPermissions(org, setIdOf(org, row.id)),
    })
  },
  apply: (context, fullName, body) => {
    const { org } = context
    const known = profileNamed(org, fullName)
    const id = known?.id ?? create(context, fullName, body)
    const name = known?.name ?? fullName
    const kept = bodyOf(org, type, fullName)
    applyRanges(context, name, id, body, kept)
    applyHours(context, name, id, body)
    if (!standardProfiles.has(name) || org.settings().standardProfileEdits === 'applied') {
      applyPermissions(context, setIdOf(org, id), body, false)
      copyToProfile(org, id)
    }
    const { userPermissions: _u, objectPermissions: _o, fieldPermissions: _f, ...rest } = body
    const emptied = Object.entries({ ...kept, ...rest }).filter(
      ([, value]) => !Array.isArray(value) || value.length > 0,
    )
    keep(context, profile, fullName, Object.fromEntries(emptied))
  },
  remove: ({ org }, fullName) => {
    const row = profileNamed(org, fullName)
    if (row === undefined) return
    if (standardProfiles.has(row.name)) throw new ComponentProblem('You can’t delete a standard profile')
    if (org.sql('SELECT 1 FROM User WHERE ProfileId = ?').get(row.id) !== undefined)
      throw new ComponentProblem(`The profile ${fullName} is in use and can’t be deleted`, {
        statusCode: 'DELETE_FAILED',
      })
    const set = setIdOf(org, row.id)
    for (const table of ['ObjectPermissions', 'FieldPermissions', 'SetupEntityAccess'])
      org.sql(`DELETE FROM ${table} WHERE ParentId = ?`).run(set)
    org.sql('DELETE FROM PermissionSet WHERE Id = ?').run(set)
    org.sql('DELETE FROM Profile WHERE Id = ?').run(row.id)
    forgetRow(org, type, fullName)
  },
})
