/**
 * What LoginHistory says of logins since a moment, and which refusals speak of the credential itself: a frozen or inactive
 * user, an address, an hour or a second factor says nothing about it. User, time and type are filtered by the org, the
 * rest here: the reference has two lists of what it filters, and they differ.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection, Row } from './connection.ts'
import { soqlText, usernamesOf } from './org-user.ts'
import { ownPermissions } from './own-permissions.ts'

interface SeenLogin {
  readonly userId: string
  readonly at: number
  readonly address: string
  readonly application: string
  readonly how: string
  readonly status: string
}

const forPassword = /invalid password|password lockout/i
/** LOGIN_OAUTH_INVALID_DSIG, as the reference words it, and what the token endpoint says of the same. */
const forSignature = /signature invalid|invalid assertion/i
const forConsumer = /consumer|client credentials/i

export const isForConsumer = ({ status }: SeenLogin): boolean => forConsumer.test(status)
export const isForSignature = ({ status }: SeenLogin): boolean => forSignature.test(status)

const fields = 'UserId, LoginTime, SourceIp, Application, LoginType, ApiType, Status'
/** The newest ones: an org may have many more. */
const most = 2_000

const loginOf = (one: Row): SeenLogin => ({
  userId: String(one['UserId']),
  at: Date.parse(String(one['LoginTime'])),
  address: String(one['SourceIp'] ?? 'unknown address'),
  application: String(one['Application'] ?? 'N/A'),
  how: [one['LoginType'], one['ApiType']].filter((part) => typeof part === 'string' && part !== 'N/A').join(', '),
  status: String(one['Status'] ?? ''),
})

/** Null: this user may not see the logins of others (“Manage Users” or “Monitor Login History” shows them). */
/** Epoch milliseconds; without an end: until now. */
interface Window {
  readonly since: number
  readonly until?: number
}

const soqlTime = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

const loginsOf = async (
  org: OrgConnection,
  condition: string,
  { since, until }: Window,
  userId: string | null,
): Promise<readonly SeenLogin[] | null> => {
  const before = until === undefined ? '' : ` AND LoginTime < ${soqlTime(until)}`
  try {
    // Who has neither is shown its own logins, without a word about the others.
    const held = await ownPermissions(org, ['ManageUsers', 'MonitorLoginHistory'])
    if ((held?.size ?? 0) === 0 && (await org.whoAmI()).userId !== userId) return null
    const query = `SELECT ${fields} FROM LoginHistory WHERE ${condition} AND LoginTime >= ${soqlTime(since)}${before}`
    return (await org.query(`${query} ORDER BY LoginTime DESC LIMIT ${most}`)).map(loginOf)
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return null
    throw error
  }
}

/** Logins of a user that were refused for their password: whoever still holds the old one. */
export const failedLogins = async (
  org: OrgConnection,
  userId: string,
  since: number,
): Promise<readonly SeenLogin[] | null> => {
  const found = await loginsOf(org, `UserId = ${soqlText(userId)}`, { since }, userId)
  return found?.filter(({ status }) => forPassword.test(status)) ?? null
}

/** OAuth logins by an app, by any of the names it may be listed under: those that worked, too. */
export const appLogins = async (
  org: OrgConnection,
  names: readonly string[],
  window: Window,
): Promise<readonly SeenLogin[] | null> => {
  const found = await loginsOf(org, `LoginType = 'Remote Access 2.0'`, window, null)
  return found?.filter(({ application }) => names.includes(application)) ?? null
}

/** Who was refused and from where, each with the last time. */
export const refusedUsers = async (
  org: OrgConnection,
  refused: readonly SeenLogin[],
): Promise<readonly { readonly name: string; readonly how: string; readonly lastAt: number }[]> => {
  const names = await usernamesOf(org, [...new Set(refused.map(({ userId }) => userId))])
  const last = new Map<string, { readonly name: string; readonly how: string; readonly lastAt: number }>()
  for (const { userId, at, address, status } of refused) {
    const who = `${userId} ${address}`
    if (at >= (last.get(who)?.lastAt ?? 0))
      last.set(who, { name: names.get(userId) ?? userId, how: `${status} from ${address}`, lastAt: at })
  }
  return [...last.values()]
}
