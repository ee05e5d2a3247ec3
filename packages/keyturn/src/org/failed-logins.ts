/**
 * Logins of a user that were refused for their password, from LoginHistory: whoever still holds the old one. Only UserId
 * and LoginTime are filtered by the org, the rest here: the reference has two lists of what it filters, and they differ.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from './connection.ts'
import { soqlText } from './org-user.ts'

interface FailedLogin {
  readonly at: number
  readonly address: string
  readonly application: string
  readonly how: string
  readonly status: string
}

const forPassword = /invalid password|password lockout/i

/** Null: this user may not see the logins of others (“Manage Users” or “Monitor Login History” shows them). */
export const failedLogins = async (
  org: OrgConnection,
  userId: string,
  since: number,
): Promise<readonly FailedLogin[] | null> => {
  const from = new Date(since).toISOString().replace(/\.\d+Z$/, 'Z')
  try {
    const found = await org.query(
      'SELECT LoginTime, SourceIp, Application, LoginType, ApiType, Status FROM LoginHistory ' +
        `WHERE UserId = ${soqlText(userId)} AND LoginTime >= ${from} ORDER BY LoginTime DESC LIMIT 2000`,
    )
    return found
      .map((one) => ({
        at: Date.parse(String(one['LoginTime'])),
        address: String(one['SourceIp'] ?? 'unknown address'),
        application: String(one['Application'] ?? 'N/A'),
        how: [one['LoginType'], one['ApiType']].filter((part) => typeof part === 'string' && part !== 'N/A').join(', '),
        status: String(one['Status'] ?? ''),
      }))
      .filter(({ status }) => forPassword.test(status))
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return null
    throw error
  }
}
