/** From which address the org saw Keyturn: the last login of this grant's user by OAuth. A guess where the user logs in otherwise, too. */
import type { OrgConnection } from '../../org/connection.ts'
import { soqlText } from '../../org/org-user.ts'
import { isIP } from 'node:net'

/** Null: the org shows no such login (“Monitor Login History”), or no address of it. */
export const seenFrom = async (org: OrgConnection): Promise<string | null> => {
  const { userId } = await org.whoAmI()
  // LoginHistory can't be filtered by its status.
  const logins = await org.query(
    `SELECT SourceIp, Status FROM LoginHistory WHERE UserId = ${soqlText(userId)} AND LoginType = 'Remote Access 2.0' ORDER BY LoginTime DESC LIMIT 50`,
  )
  const address = logins.find(({ Status: status }) => status === 'Success')?.['SourceIp']
  return typeof address === 'string' && isIP(address) !== 0 ? address : null
}
