/** Permission sets by number, each fifth with a right that matters, groups among them, and who holds them. */
import type { Random } from '../scenarios/random.ts'
import { dateTimeText } from '../data/index.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { wholeMinute } from '../scenarios/whole-minute.ts'
import { bulkInsert } from './bulk-insert.ts'
import type { ScaledUser } from './scaled-users.ts'

const rights = ['ModifyAllData', 'ViewAllData', 'AuthorApex', 'ManageUsers', 'CustomizeApplication', 'DataExport']
const columnOf = (right: string): string => `Permissions${right}`

export function makeScaledPermissions(
  org: Org,
  random: Random,
  of: { readonly sets: number; readonly users: readonly ScaledUser[]; readonly apps: readonly SimApp[] },
): void {
  const { sets: count, users, apps } = of
  if (count === 0) return
  const made = dateTimeText(wholeMinute(org))
  const sets = Array.from({ length: count }, () => org.ids.id('0PS'))
  const groups = Array.from({ length: Math.floor(count / 20) }, () => org.ids.id('0PG'))
  const setAt = (index: number): string => sets[index] ?? ''
  /** Each twentieth set is a group’s aggregate one. */
  const groupOf = (index: number): string | null =>
    index % 20 === 19 ? (groups[Math.floor(index / 20)] ?? null) : null
  bulkInsert(
    org,
    {
      table: 'PermissionSet',
      columns: [
        ...['Id', 'Name', 'Label', 'IsCustom', 'Type', 'PermissionSetGroupId', 'CreatedDate', 'LastModifiedDate'],
        ...['SystemModstamp', 'PermissionsApiEnabled', ...rights.map(columnOf)],
      ],
      count,
    },
    (index) => [
      ...[setAt(index), `Set_${index}`, `Set ${index}`, 1, groupOf(index) === null ? 'Regular' : 'Group'],
      ...[groupOf(index), made, made, made, Number(index % 3 === 0)],
      ...rights.map((_, kind) => Number(index % (5 * rights.length) === 5 * kind + 4)),
    ],
  )
  bulkInsert(
    org,
    { table: 'PermissionSetGroup', columns: ['Id', 'DeveloperName', 'MasterLabel', 'Status'], count: groups.length },
    (index) => [groups[index] ?? '', `Group_${index}`, `Group ${index}`, index % 15 === 14 ? 'Outdated' : 'Updated'],
  )
  const component = ['Id', 'PermissionSetGroupId', 'PermissionSetId']
  bulkInsert(org, { table: 'PermissionSetGroupComponent', columns: component, count: groups.length * 3 }, (index) => [
    org.ids.id('0PM'),
    groups[Math.floor(index / 3)] ?? '',
    setAt(Math.floor(index / 3) * 20 + (index % 3)),
  ])
  const objects = ['Account', 'Contact', 'Case']
  const access = ['Read', 'Create', 'Edit', 'Delete', 'ViewAllRecords', 'ModifyAllRecords']
  bulkInsert(
    org,
    {
      table: 'ObjectPermissions',
      columns: ['Id', 'ParentId', 'SobjectType', ...access.map(columnOf)],
      count: count * objects.length,
    },
    (index) => {
      const set = Math.floor(index / objects.length)
      const letters = [1, set % 2, set % 2, Number(set % 4 === 1), Number(set % 10 === 3), Number(set % 50 === 3)]
      return [org.ids.id('110'), setAt(set), objects[index % objects.length] ?? '', ...letters]
    },
  )
  const perUser = Math.min(3, count)
  const assignment = ['Id', 'AssigneeId', 'PermissionSetId', 'PermissionSetGroupId', 'IsActive', 'SystemModstamp']
  bulkInsert(org, { table: 'PermissionSetAssignment', columns: assignment, count: users.length * perUser }, (index) => {
    const set = (random.below(count) + (index % perUser)) % count
    return [org.ids.id('0Pa'), users[Math.floor(index / perUser)]?.id ?? '', setAt(set), groupOf(set), 1, made]
  })
  const installed = apps.filter((app) => app.settings.installed)
  const entity = ['Id', 'ParentId', 'SetupEntityId', 'SetupEntityType', 'SystemModstamp']
  bulkInsert(org, { table: 'SetupEntityAccess', columns: entity, count: installed.length * 2 }, (index) => {
    const app = installed[Math.floor(index / 2)]
    const type = app?.kind === 'external' ? 'ExternalClientApplication' : 'ConnectedApplication'
    return [org.ids.id('0J0'), setAt(random.below(count)), app?.id ?? '', type, made]
  })
}
