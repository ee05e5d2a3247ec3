/**
 * A user that was made or moved by its record gets what the identity side keeps of it: a password that nobody knows
 * until one is set, and the login ranges, hours and API-only rule of its profile.
 */
import { hasPermission } from '../../../data/index.ts'
import type { Org } from '../../../state/org.ts'
import { insertUser, updateUser, userById } from '../../../state/users.ts'
import type { SimUser } from '../../../state/users.ts'
import type { JsonObject } from '../../elements.ts'
import { listAt, objectAt } from '../../elements.ts'
import { bodyOf } from '../../store.ts'
import { rangeOf } from '../apps/address-ranges.ts'
import { hoursOf } from './login-hours.ts'
import { metadataProfileName } from './profile-names.ts'

const ends = { start: 'startAddress', end: 'endAddress' } as const

type OfProfile = Pick<SimUser, 'profile' | 'profileId' | 'loginAddresses' | 'loginHours' | 'apiOnly' | 'apiEnabled'>

function ofProfile(org: Org, userId: string, profileId: string): OfProfile {
  const profile = String(org.sql('SELECT Name FROM Profile WHERE Id = ?').get(profileId)?.['Name'] ?? '')
  const body = bodyOf(org, 'Profile', metadataProfileName(profile))
  const ranges = (listAt(body, 'loginIpRanges') ?? []).map((range) => rangeOf(range as JsonObject, ends))
  const hours = objectAt(body, 'loginHours')
  return {
    profile,
    profileId,
    loginAddresses: ranges.length === 0 ? null : ranges,
    loginHours: hours === undefined ? null : hoursOf(hours),
    apiOnly: hasPermission(org, userId, 'ApiUserOnly'),
    apiEnabled: hasPermission(org, userId, 'ApiEnabled'),
  }
}

export function followUser(org: Org, userId: string): void {
  const row = org.sql('SELECT * FROM User WHERE Id = ?').get(userId)
  if (row === undefined) return
  const text = (column: string): string => String(row[column] ?? '')
  const known = userById(org, userId)
  if (known === undefined) {
    insertUser(org, {
      id: userId,
      username: text('Username'),
      password: `unset-${org.ids.hex('password', 32)}`,
      securityToken: '',
      email: text('Email'),
      firstName: text('FirstName'),
      lastName: text('LastName'),
      active: row['IsActive'] === 1,
      frozen: false,
      passwordExpired: false,
      failedLogins: 0,
      lockedUntil: 0,
      hourStart: 0,
      hourLogins: 0,
      passwordChangedAt: org.now(),
      passwordQuestion: null,
      ...ofProfile(org, userId, text('ProfileId')),
    })
    return
  }
  if (known.profileId === text('ProfileId')) return
  const { profile, profileId, ...rules } = ofProfile(org, userId, text('ProfileId'))
  org.sql('UPDATE sim_user SET profile = ?, profileId = ? WHERE id = ?').run(profile, profileId, userId)
  updateUser(org, userId, rules)
}
