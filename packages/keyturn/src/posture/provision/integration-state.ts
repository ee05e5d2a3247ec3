/** How far an integration user is: looked at before every step, so that a repetition does what is missing and nothing twice. */
import { KeyturnError } from '@keyturn/tokens'
import { row } from '../../org/connection.ts'
import type { OrgConnection } from '../../org/connection.ts'
import { findUser, soqlText } from '../../org/org-user.ts'
import type { OrgUser } from '../../org/org-user.ts'
import { integrationLicense } from './integration-profile.ts'

export interface IntegrationState {
  /** Null: there is none of that name. */
  readonly profileId: string | null
  readonly user: OrgUser | null
  readonly setId: string | null
  /** Who else holds the permission set. */
  readonly others: number
  readonly licensed: boolean
  readonly assigned: boolean
}

export interface IntegrationNames {
  readonly username: string
  readonly profile: string
  readonly permissionSet: string
  /** Id of the permission set licence. */
  readonly licenseId: string
}

const idOf = async (org: OrgConnection, soql: string): Promise<string | null> => {
  const [found] = await org.query(soql)
  return typeof found?.['Id'] === 'string' ? found['Id'] : null
}

const profileIdOf = async (org: OrgConnection, name: string): Promise<string | null> => {
  const [found] = await org.query(`SELECT Id, UserLicense.Name FROM Profile WHERE Name = ${soqlText(name)}`)
  if (found === undefined) return null
  const license = row(found['UserLicense'])['Name']
  if (license !== integrationLicense)
    throw new KeyturnError(
      'ORG_REFUSED',
      `The profile ${name} is of ${String(license)}, not of ${integrationLicense}`,
      {
        fix: 'Choose another name with --own-profile.',
      },
    )
  return String(found['Id'])
}

export const integrationState = async (org: OrgConnection, names: IntegrationNames): Promise<IntegrationState> => {
  const [profileId, user, setId] = await Promise.all([
    profileIdOf(org, names.profile),
    findUser(org, names.username),
    idOf(
      org,
      `SELECT Id FROM PermissionSet WHERE Name = ${soqlText(names.permissionSet)} AND IsOwnedByProfile = false AND NamespacePrefix = null`,
    ),
  ])
  const holders =
    setId === null
      ? []
      : await org.query(`SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId = ${soqlText(setId)}`)
  const licence =
    user === null
      ? null
      : await idOf(
          org,
          `SELECT Id FROM PermissionSetLicenseAssign WHERE AssigneeId = ${soqlText(user.id)} AND PermissionSetLicenseId = ${soqlText(names.licenseId)}`,
        )
  const mine = holders.filter(({ AssigneeId: id }) => user !== null && id === user.id).length
  return {
    profileId,
    user,
    setId,
    others: holders.length - mine,
    licensed: licence !== null,
    assigned: mine > 0,
  }
}
