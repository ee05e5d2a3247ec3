/**
 * From which address the org sees Keyturn: that of the very session it speaks by. Where no session is shown (a JWT is none),
 * of the last login of this user by OAuth, which may be another client's.
 */
import { isIP } from 'node:net'
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection, Row } from './connection.ts'
import { soqlText } from './org-user.ts'

/** Neither IsCurrent nor Status can be filtered by. */
const queries: readonly (readonly [soql: (userId: string) => string, isOwn: (row: Row) => boolean])[] = [
  [
    (id) =>
      `SELECT IsCurrent, SourceIp FROM AuthSession WHERE UsersId = ${id} ORDER BY LastModifiedDate DESC LIMIT 2000`,
    ({ IsCurrent: current }) => current === true,
  ],
  [
    (id) =>
      `SELECT SourceIp, Status FROM LoginHistory WHERE UserId = ${id} AND LoginType = 'Remote Access 2.0' ORDER BY LoginTime DESC LIMIT 50`,
    ({ Status: status }) => status === 'Success',
  ],
]

/** Null: the org shows neither, or no address of it. */
export const ownAddress = async (org: OrgConnection): Promise<string | null> => {
  const { userId } = await org.whoAmI()
  for (const [soql, isOwn] of queries) {
    const rows = await org.query(soql(soqlText(userId))).catch((error: unknown) => {
      if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return []
      throw error
    })
    const address = rows.find(isOwn)?.['SourceIp']
    if (typeof address === 'string' && isIP(address) !== 0) return address
  }
  return null
}
