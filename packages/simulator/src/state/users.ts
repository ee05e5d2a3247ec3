/** Users with what an org keeps secret about them; the sobject row `User` is the data side's. */
import { dateTimeText } from '../data/index.ts'
import type { Org } from './org.ts'

interface Span {
  readonly from: number
  readonly to: number
}

/** Minutes of the UTC day: each day, or one span for each day from Sunday on (null: not on this day). */
export type LoginHours = Span | { readonly days: readonly (Span | null)[] }

export interface SimUser {
  readonly id: string
  readonly username: string
  readonly password: string
  readonly securityToken: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly profile: string
  readonly profileId: string
  readonly active: boolean
  readonly frozen: boolean
  /** No browser: neither the login page nor single access. */
  readonly apiOnly: boolean
  readonly apiEnabled: boolean
  readonly passwordExpired: boolean
  readonly failedLogins: number
  readonly lockedUntil: number
  /** Profile login ranges; null: from anywhere. */
  readonly loginAddresses: readonly string[] | null
  /** When logging in is allowed; null: always. */
  readonly loginHours: LoginHours | null
  readonly hourStart: number
  readonly hourLogins: number
  readonly passwordChangedAt: number
  /** The question behind "Forgot your password?", which may not contain the password; null: none set. */
  readonly passwordQuestion: string | null
}

const json = <T>(text: unknown): T | null => (typeof text === 'string' ? (JSON.parse(text) as T) : null)

function userOf(row: Readonly<Record<string, unknown>> | undefined): SimUser | undefined {
  if (row === undefined) return undefined
  const flag = (name: string): boolean => row[name] === 1
  return {
    ...(row as unknown as SimUser),
    active: flag('active'),
    frozen: flag('frozen'),
    apiOnly: flag('apiOnly'),
    apiEnabled: flag('apiEnabled'),
    passwordExpired: flag('passwordExpired'),
    loginAddresses: json(row['loginAddresses']),
    loginHours: json(row['loginHours']),
  }
}

export const userByName = (org: Org, username: string): SimUser | undefined =>
  userOf(org.sql('SELECT * FROM sim_user WHERE username = ?').get(username))

export const userById = (org: Org, id: string): SimUser | undefined =>
  userOf(org.sql('SELECT * FROM sim_user WHERE id = ?').get(id))

export const allUsers = (org: Org): readonly SimUser[] =>
  org
    .sql('SELECT * FROM sim_user ORDER BY id')
    .all()
    .flatMap((row) => userOf(row) ?? [])

const stored = (value: unknown): string | number | null =>
  typeof value === 'boolean'
    ? Number(value)
    : typeof value === 'object' && value !== null
      ? JSON.stringify(value)
      : (value as string | number | null)

const changeable: ReadonlySet<string> = new Set<keyof SimUser>([
  'password',
  'securityToken',
  'active',
  'frozen',
  'apiOnly',
  'apiEnabled',
  'passwordExpired',
  'failedLogins',
  'lockedUntil',
  'loginAddresses',
  'loginHours',
  'hourStart',
  'hourLogins',
  'email',
  'passwordChangedAt',
  'passwordQuestion',
])

export function insertUser(org: Org, user: SimUser): void {
  const names = Object.keys(user)
  org
    .sql(`INSERT INTO sim_user (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
    .run(...Object.values(user).map(stored))
}

/** What a user's passwords or tokens were before: for the password history, and for those who search for leaks. */
export const formerSecrets = (org: Org, userId: string, kind: 'password' | 'securityToken'): readonly string[] =>
  org
    .sql('SELECT value FROM sim_former_secret WHERE userId = ? AND kind = ? ORDER BY rowid DESC')
    .all(userId, kind)
    .map((row) => String(row['value']))

function keepFormer(org: Org, id: string, changes: Partial<SimUser>): void {
  for (const kind of ['password', 'securityToken'] as const) {
    const was = userById(org, id)?.[kind]
    if (changes[kind] !== undefined && was !== undefined && was !== '' && was !== changes[kind])
      org
        .sql('INSERT INTO sim_former_secret (userId, kind, value, at) VALUES (?, ?, ?, ?)')
        .run(id, kind, was, org.now())
  }
}

/** Changes a user here and, where they show, in its sobject rows. */
export function updateUser(org: Org, id: string, wanted: Partial<Omit<SimUser, 'id'>>): void {
  const changes = wanted.password === undefined ? wanted : { passwordChangedAt: org.now(), ...wanted }
  if (changes.password !== undefined || changes.securityToken !== undefined) keepFormer(org, id, changes)
  for (const [name, value] of Object.entries(changes)) {
    if (!changeable.has(name))
      throw new Error(`"${name}" is not something a user has; known are: ${[...changeable].join(', ')}`)
    org.sql(`UPDATE sim_user SET ${name} = ? WHERE id = ?`).run(stored(value), id)
  }
  if (changes.passwordChangedAt !== undefined)
    org.sql('UPDATE User SET LastPasswordChangeDate = ? WHERE Id = ?').run(dateTimeText(changes.passwordChangedAt), id)
  if (changes.email !== undefined) org.sql('UPDATE User SET Email = ? WHERE Id = ?').run(changes.email, id)
  if (changes.failedLogins !== undefined)
    org.sql('UPDATE User SET NumberOfFailedLogins = ? WHERE Id = ?').run(changes.failedLogins, id)
  if (changes.lockedUntil !== undefined)
    org
      .sql('UPDATE UserLogin SET IsPasswordLocked = ? WHERE UserId = ?')
      .run(Number(changes.lockedUntil > org.now()), id)
  if (changes.active !== undefined) org.sql('UPDATE User SET IsActive = ? WHERE Id = ?').run(Number(changes.active), id)
  if (changes.frozen !== undefined)
    org.sql('UPDATE UserLogin SET IsFrozen = ? WHERE UserId = ?').run(Number(changes.frozen), id)
}
