/** The two licences an integration user needs, and whether a seat of each is free. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection, Row } from '../../org/connection.ts'
import { integrationLicense } from './integration-profile.ts'

interface Seats {
  readonly name: string
  readonly id: string
  readonly total: number
  readonly used: number
}

interface IntegrationLicenses {
  readonly user: Seats
  /** Opens objects to users of that licence; must be there before the permission set. */
  readonly permissionSet: Seats
}

const setLicense = 'Salesforce API Integration'

const seatsOf = (name: string, found: Row): Seats => ({
  name,
  id: String(found['Id']),
  total: Number(found['TotalLicenses'] ?? 0),
  used: Number(found['UsedLicenses'] ?? 0),
})

const missing = (name: string): KeyturnError =>
  new KeyturnError('ORG_REFUSED', `This org has no licence “${name}”`, {
    fix: 'Setup → Company Information lists the licences; most editions come with some, and Salesforce sells more.',
  })

/** Throws ORG_REFUSED where the org has none of them. */
export const integrationLicenses = async (org: OrgConnection): Promise<IntegrationLicenses> => {
  const columns = 'Id, TotalLicenses, UsedLicenses'
  const [user] = await org.query(
    `SELECT ${columns} FROM UserLicense WHERE Name = '${integrationLicense}' AND Status = 'Active'`,
  )
  if (user === undefined) throw missing(integrationLicense)
  const [set] = await org.query(
    `SELECT ${columns} FROM PermissionSetLicense WHERE (DeveloperName = 'SalesforceAPIIntegrationPsl' OR MasterLabel = '${setLicense}') AND Status = 'Active'`,
  )
  if (set === undefined) throw missing(setLicense)
  return { user: seatsOf(integrationLicense, user), permissionSet: seatsOf(setLicense, set) }
}

export const seatsText = ({ name, total, used }: Seats): string => `${name}, ${used} of ${total} used before`

/** Throws ORG_REFUSED. */
export const requireSeat = (seats: Seats): void => {
  if (seats.used < seats.total) return
  throw new KeyturnError('ORG_REFUSED', `No seat of “${seats.name}” is free (${seats.used} of ${seats.total} used)`, {
    fix: 'Deactivate a user that nobody needs, or buy a seat; nothing was changed.',
  })
}
