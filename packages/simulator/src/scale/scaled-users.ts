/** Users by number, with their logins, passwords and second factors. */
import { dateTimeText } from '../data/index.ts'
import type { Org } from '../state/org.ts'
import { wholeMinute } from '../scenarios/whole-minute.ts'
import { bulkInsert } from './bulk-insert.ts'

export interface ScaledUser {
  readonly id: string
  readonly username: string
  readonly machine: boolean
}

const day = 86_400_000

export function makeScaledUsers(org: Org, count: number): readonly ScaledUser[] {
  const profileNamed = (name: string): string =>
    String(org.sql('SELECT Id FROM Profile WHERE Name = ?').get(name)?.['Id'])
  const profiles = { person: profileNamed('Standard User'), admin: profileNamed('System Administrator') }
  const now = wholeMinute(org)
  const users = Array.from({ length: count }, (_, index): ScaledUser => ({
    id: org.ids.id('005'),
    username: `user${index}@${org.name}.example`,
    machine: index % 10 === 9,
  }))
  const at = (index: number): ScaledUser => {
    const user = users[index]
    if (user === undefined) throw new Error(`There is no user ${index}`)
    return user
  }
  const isAdmin = (index: number): boolean => index % 200 === 19
  const made = dateTimeText(now - 400 * day)
  bulkInsert(
    org,
    {
      table: 'User',
      columns: [
        ...['Id', 'Username', 'LastName', 'FirstName', 'Email', 'Alias', 'IsActive', 'TimeZoneSidKey', 'LocaleSidKey'],
        ...['LanguageLocaleKey', 'EmailEncodingKey', 'ProfileId', 'UserType', 'LastLoginDate'],
        ...['LastPasswordChangeDate', 'NumberOfFailedLogins', 'CreatedDate', 'LastModifiedDate', 'SystemModstamp'],
      ],
      count,
    },
    (index) => {
      const { id, username } = at(index)
      const profile = isAdmin(index) ? profiles.admin : profiles.person
      const login = dateTimeText(now - (index % 500) * day)
      const password = dateTimeText(now - (index % 900) * day)
      const names = [id, username, `User${index}`, `N${index}`, username, `u${index}`.slice(0, 8)]
      return [
        ...names,
        index % 25 === 7 ? 0 : 1,
        ...['GMT', 'en_US', 'en_US', 'UTF-8', profile, 'Standard', login, password],
        0,
        ...[made, made, made],
      ]
    },
  )
  bulkInsert(org, { table: 'UserLogin', columns: ['Id', 'UserId', 'IsFrozen'], count }, (index) => [
    org.ids.id('0Yw'),
    at(index).id,
    Number(index % 100 === 42),
  ])
  bulkInsert(
    org,
    {
      table: 'sim_user',
      columns: [
        ...['id', 'username', 'password', 'securityToken', 'email', 'firstName', 'lastName', 'profile', 'profileId'],
        ...['active', 'frozen', 'apiOnly', 'apiEnabled', 'passwordExpired', 'failedLogins', 'lockedUntil'],
        ...['hourStart', 'hourLogins', 'passwordChangedAt'],
      ],
      count,
    },
    (index) => {
      const { id, username } = at(index)
      const [profile, profileId] = isAdmin(index)
        ? ['System Administrator', profiles.admin]
        : ['Standard User', profiles.person]
      const secrets = [`Pw-${index}-${org.ids.hex('password', 12)}`, org.ids.hex('token', 24)]
      return [
        ...[id, username, ...secrets, username, `N${index}`, `User${index}`, profile, profileId],
        ...[Number(index % 25 !== 7), Number(index % 100 === 42), 0, 1, 0, 0, 0, 0, 0],
        now - (index % 900) * day,
      ]
    },
  )
  const ownSet = (profileId: string): string =>
    String(org.sql('SELECT Id FROM PermissionSet WHERE ProfileId = ? AND IsOwnedByProfile = 1').get(profileId)?.['Id'])
  const sets = { person: ownSet(profiles.person), admin: ownSet(profiles.admin) }
  const assignment = ['Id', 'AssigneeId', 'PermissionSetId', 'IsActive', 'SystemModstamp']
  bulkInsert(org, { table: 'PermissionSetAssignment', columns: assignment, count }, (index) => [
    org.ids.id('0Pa'),
    at(index).id,
    isAdmin(index) ? sets.admin : sets.person,
    1,
    made,
  ])
  const factors = ['Id', 'UserId', 'HasTotp', 'HasSecurityKey', 'HasSalesforceAuthenticator', 'HasVerifiedMobileNumber']
  bulkInsert(org, { table: 'TwoFactorMethodsInfo', columns: factors, count }, (index) => [
    org.ids.id('0Y0'),
    at(index).id,
    ...[1, 2, 3, 4].map((kind) => Number(!at(index).machine && index % 6 === kind)),
  ])
  const verified = [
    'Id',
    'UserId',
    'VerificationTime',
    'VerificationMethod',
    'Activity',
    'Status',
    'SourceIp',
    'Policy',
  ]
  const methods = [null, 'Totp', 'U2F', 'SalesforceAuthenticator', 'Sms', 'Email']
  const persons = users.flatMap(({ id, machine }, index) => {
    const method = machine ? null : methods[index % 6]
    return typeof method === 'string' ? [{ id, method }] : []
  })
  bulkInsert(org, { table: 'VerificationHistory', columns: verified, count: persons.length * 2 }, (index) => {
    const { id = '', method = '' } = persons[Math.floor(index / 2)] ?? {}
    const at = dateTimeText(now - (1 + (index % 170)) * day)
    return [org.ids.id('0YH'), id, at, method, 'Login', 'Succeeded', '203.0.113.9', 'TwoFactorAuthentication']
  })
  return users
}
