/**
 * How old the passwords of many users are: the due list of an age policy. A security token has no readable age; it ends
 * with its password, so it is at most as old. Nothing here says that a token expires: none does.
 */
import { row } from './connection.ts'
import type { OrgConnection, Row } from './connection.ts'
import { soqlText } from './org-user.ts'

export interface UserFilter {
  readonly users?: readonly string[] | undefined
  readonly profile?: string | undefined
  /** API name. */
  readonly permissionSet?: string | undefined
}

interface UserKind {
  readonly is: 'machine' | 'person' | 'unknown'
  readonly why: string
}

interface AgesWanted {
  readonly filter: UserFilter
  readonly maxAge: number
  readonly now: number
  /** By user name: it takes logins and permissions to tell, which are not read here. */
  readonly kindOf: (username: string) => UserKind
}

export interface PasswordAge {
  readonly username: string
  /** Whether somebody sits behind it, and how that is known. */
  readonly kind: UserKind['is']
  readonly kindWhy: string
  /** Epoch ms; null: never set, or not shown. */
  readonly changedAt: number | null
  readonly days: number | null
  readonly securityToken: { readonly basis: 'at-most'; readonly days: number } | { readonly basis: 'unknown' }
  /** By the org’s own policy, epoch ms; null: never. */
  readonly expiresAt: number | null
  /** Older than `maxAge`; null: its age isn’t known. */
  readonly due: boolean | null
}

const day = 86_400_000
const perQuery = 200

const fields =
  'Username, LastPasswordChangeDate, PasswordExpirationDate, Profile.PermissionsApiUserOnly, Profile.UserLicense.Name'

/** What anybody sees who sees the user. */
const isMachine = (found: Row): boolean => {
  const profile = row(found['Profile'])
  const license = String(row(profile['UserLicense'])['Name'] ?? '')
  return profile['PermissionsApiUserOnly'] === true || /integration/i.test(license)
}

const condition = ({ profile, permissionSet }: UserFilter, users: readonly string[] | undefined): string =>
  [
    'IsActive = true',
    `UserType = 'Standard'`,
    ...(users === undefined ? [] : [`Username IN (${users.map(soqlText).join(', ')})`]),
    ...(profile === undefined ? [] : [`Profile.Name = ${soqlText(profile)}`]),
    ...(permissionSet === undefined
      ? []
      : [
          `Id IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.Name = ${soqlText(permissionSet)})`,
        ]),
  ].join(' AND ')

const chunks = (users: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(users.length / perQuery) }, (_none, n) =>
    users.slice(n * perQuery, (n + 1) * perQuery),
  )

const ageOf = (found: Row, { now, maxAge, kindOf }: AgesWanted): PasswordAge => {
  const at = Date.parse(String(found['LastPasswordChangeDate']))
  const expires = Date.parse(String(found['PasswordExpirationDate']))
  const days = Number.isNaN(at) ? null : Math.max(0, Math.floor((now - at) / day))
  const username = String(found['Username'])
  const told = kindOf(username)
  const machine = { is: 'machine', why: 'by its profile or licence' } as const
  const kind = told.is === 'unknown' && isMachine(found) ? machine : told
  return {
    username,
    kind: kind.is,
    kindWhy: kind.why,
    changedAt: Number.isNaN(at) ? null : at,
    days,
    securityToken: days === null ? { basis: 'unknown' } : { basis: 'at-most', days },
    expiresAt: Number.isNaN(expires) ? null : expires,
    due: Number.isNaN(at) ? null : now - at > maxAge,
  }
}

/** Active users, the oldest password first; users whose age isn’t known come before all others. */
export const passwordAges = async (org: OrgConnection, wanted: AgesWanted): Promise<readonly PasswordAge[]> => {
  const { filter } = wanted
  const parts = filter.users === undefined ? [undefined] : chunks(filter.users)
  const found: PasswordAge[] = []
  for (const users of parts) {
    const some = await org.query(`SELECT ${fields} FROM User WHERE ${condition(filter, users)}`)
    found.push(...some.map((one) => ageOf(one, wanted)))
  }
  return found.toSorted((a, b) => (a.changedAt ?? 0) - (b.changedAt ?? 0))
}
