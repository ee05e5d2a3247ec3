/** A permission set that may be widened: this org's own, not a package's or Salesforce's; and who would get more. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { soqlText } from '../../org/org-user.ts'

interface OwnSet {
  readonly id: string
  readonly name: string
  /** Active users that hold it, directly or by a group. */
  readonly holders: number
}

const holdersOf = async (org: OrgConnection, id: string): Promise<number> => {
  const groups = await org.query(
    `SELECT PermissionSetGroupId FROM PermissionSetGroupComponent WHERE PermissionSetId = ${soqlText(id)}`,
  )
  const ids = groups.map((one) => soqlText(String(one['PermissionSetGroupId'])))
  const byGroup = ids.length === 0 ? '' : ` OR PermissionSetGroupId IN (${ids.join(', ')})`
  const rows = await org.query(
    `SELECT AssigneeId FROM PermissionSetAssignment WHERE (PermissionSetId = ${soqlText(id)}${byGroup}) AND Assignee.IsActive = true`,
  )
  return new Set(rows.map((one) => one['AssigneeId'])).size
}

/** Throws BAD_ARGUMENT. */
export const ownSet = async (org: OrgConnection, name: string): Promise<OwnSet> => {
  const found = await org.query(
    `SELECT Id, Name, IsCustom, IsOwnedByProfile, NamespacePrefix, Type FROM PermissionSet WHERE Name = ${soqlText(name)}`,
  )
  const [set, ...more] = found
  const wrong = (text: string, fix: string): KeyturnError => new KeyturnError('BAD_ARGUMENT', text, { fix })
  if (set === undefined) throw wrong(`This org has no permission set ${name}`, 'Name its API name, as Setup shows it.')
  const mend = 'Make a permission set of your own with that one field, and assign it to who needs it.'
  if (more.length > 0 || (set['NamespacePrefix'] ?? null) !== null)
    throw wrong(`The permission set ${name} came with a package`, mend)
  if (set['IsOwnedByProfile'] === true) throw wrong(`${name} is a profile’s own`, mend)
  const type = set['Type']
  if (set['IsCustom'] === false || (type !== 'Regular' && type !== undefined && type !== null))
    throw wrong(`The permission set ${name} is no ordinary one (${String(type ?? 'standard')})`, mend)
  const id = String(set['Id'])
  return { id, name: String(set['Name']), holders: await holdersOf(org, id) }
}
