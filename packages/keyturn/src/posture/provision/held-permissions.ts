/**
 * Every system permission a user holds, by its profile, permission sets and groups, and not only those somebody thought
 * of: which there are is asked of the org itself.
 */
import { row, rows } from '../../org/connection.ts'
import type { OrgConnection } from '../../org/connection.ts'
import { soqlText } from '../../org/org-user.ts'

const prefix = 'Permissions'
/** A query is a URL, of 16,000 characters at most. */
const atOnce = 150

export const heldPermissions = async (org: OrgConnection, userId: string): Promise<readonly string[]> => {
  const assigned = await org.query(
    `SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ${soqlText(userId)}`,
  )
  const ids = [...new Set(assigned.map((one) => soqlText(String(one['PermissionSetId']))))]
  if (ids.length === 0) return []
  const described = rows(row(await org.rest('GET', '/sobjects/PermissionSet/describe'))['fields'])
  const columns = described.map(({ name }) => String(name)).filter((name) => name.startsWith(prefix))
  const held = new Set<string>()
  for (let from = 0; from < columns.length; from += atOnce) {
    const part = columns.slice(from, from + atOnce)
    for (const set of await org.query(`SELECT ${part.join(', ')} FROM PermissionSet WHERE Id IN (${ids.join(', ')})`))
      for (const column of part) if (set[column] === true) held.add(column.slice(prefix.length))
  }
  return [...held].toSorted()
}
