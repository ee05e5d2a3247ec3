/** Which permissions the user of a connection has itself, by whatever profile or permission set gives them. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from './connection.ts'

/** Null: the org doesn't say, or has no permission of such a name. */
export const ownPermissions = async (
  org: OrgConnection,
  names: readonly string[],
): Promise<ReadonlySet<string> | null> => {
  const fields = names.map((name) => `Permissions${name}`)
  try {
    const [own = {}] = await org.query(`SELECT ${fields.join(', ')} FROM UserPermissionAccess LIMIT 1`)
    return new Set(names.filter((name) => own[`Permissions${name}`] === true))
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED') return null
    throw error
  }
}
