/** A user as an administrator sees it: who it is, whether it can sign in, since when its password is in use. */
import { KeyturnError } from '@keyturn/tokens'
import { row } from './connection.ts'
import type { OrgConnection, Row } from './connection.ts'

export interface OrgUser {
  readonly id: string
  readonly username: string
  readonly email: string
  readonly active: boolean
  readonly profileId: string
  readonly profile: string
  /** Epoch ms; null: never set, or not shown. */
  readonly passwordChangedAt: number | null
  readonly failedLogins: number
}

interface UserLock {
  readonly frozen: boolean
  readonly locked: boolean
}

/** A text in SOQL. */
export const soqlText = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`

const moment = (value: unknown): number | null => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}

const userOf = (found: Row): OrgUser => ({
  id: String(found['Id']),
  username: String(found['Username']),
  email: String(found['Email'] ?? ''),
  active: found['IsActive'] === true,
  profileId: String(found['ProfileId'] ?? ''),
  profile: String(row(found['Profile'])['Name'] ?? ''),
  passwordChangedAt: moment(found['LastPasswordChangeDate']),
  failedLogins: Number(found['NumberOfFailedLogins'] ?? 0),
})

/** Null: the org has no user of that name, or doesn’t show it. */
export const findUser = async (org: OrgConnection, username: string): Promise<OrgUser | null> => {
  const fields = 'Id, Username, Email, IsActive, ProfileId, Profile.Name, LastPasswordChangeDate, NumberOfFailedLogins'
  const [found] = await org.query(`SELECT ${fields} FROM User WHERE Username = ${soqlText(username)}`)
  return found === undefined ? null : userOf(found)
}

const atOnce = 200

/** By id; users that the org doesn’t show are not in it. */
export const usernamesOf = async (org: OrgConnection, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const some = ids.slice(0, atOnce).map(soqlText).join(', ')
  const found = some === '' ? [] : await org.query(`SELECT Id, Username FROM User WHERE Id IN (${some})`)
  return new Map(found.map(({ Id, Username }) => [String(Id), String(Username)]))
}

export const passwordChangedAt = async (org: OrgConnection, userId: string): Promise<number | null> => {
  const [found] = await org.query(`SELECT LastPasswordChangeDate FROM User WHERE Id = ${soqlText(userId)}`)
  return moment(found?.['LastPasswordChangeDate'])
}

const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return null
    throw error
  }
}

/** Null: this user may not see it (“Manage Users” shows it). */
export const userLock = async (org: OrgConnection, userId: string): Promise<UserLock | null> => {
  const asked = org.query(`SELECT IsFrozen, IsPasswordLocked FROM UserLogin WHERE UserId = ${soqlText(userId)}`)
  const found = (await orNull(asked))?.[0]
  return found === undefined ? null : { frozen: found['IsFrozen'] === true, locked: found['IsPasswordLocked'] === true }
}

/**
 * Whether a user has a permission, by its profile or by a permission set. Null: this org has no such permission, or this
 * user may not see.
 */
export const hasPermission = async (
  org: OrgConnection,
  userId: string,
  permission: string,
): Promise<boolean | null> => {
  const field = `Permissions${permission}`
  const byProfile = await orNull(org.query(`SELECT Profile.${field} FROM User WHERE Id = ${soqlText(userId)}`))
  if (row(byProfile?.[0]?.['Profile'])[field] === true) return true
  const bySets = await orNull(
    org.query(`SELECT PermissionSet.${field} FROM PermissionSetAssignment WHERE AssigneeId = ${soqlText(userId)}`),
  )
  if (bySets?.some((one) => row(one['PermissionSet'])[field] === true) === true) return true
  return byProfile === null || bySets === null ? null : false
}
