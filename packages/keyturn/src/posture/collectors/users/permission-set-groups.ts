/** Permission set groups: their members, what is muted in them, and whether their aggregate is of today. */
import type { Fact } from '../../fact.ts'
import { askedPermissions } from '../../controls/permissions.ts'
import { attempt } from '../attempt.ts'
import { seesPermissions } from '../needs.ts'
import { maybeText, text } from '../cells.ts'
import type { SourceContext } from '../source-context.ts'
import { heldOf, permissionNamesOf } from './permission-sets.ts'

export interface Group {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly status: string
  /** Ids of permission sets. */
  readonly members: readonly string[]
  readonly muted: readonly string[]
}

const muting = '0QM'

export const readGroups = ({ ask, own }: SourceContext): Promise<Fact<ReadonlyMap<string, Group>>> =>
  attempt({ ...seesPermissions, what: 'permission set groups' }, own, async () => {
    const groups = await ask.rows('SELECT Id, DeveloperName, MasterLabel, Status FROM PermissionSetGroup')
    if (groups.length === 0) return new Map()
    const components = await ask.rows('SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent')
    const members = new Map<string, string[]>()
    for (const one of components) {
      const group = text(one, 'PermissionSetGroupId')
      members.set(group, [...(members.get(group) ?? []), text(one, 'PermissionSetId')])
    }
    const muted = components.some((one) => text(one, 'PermissionSetId').startsWith(muting))
      ? await readMuted(ask)
      : null
    return new Map(
      groups.map((one) => {
        const id = text(one, 'Id')
        const all = members.get(id) ?? []
        const group: Group = {
          id,
          name: text(one, 'DeveloperName'),
          label: maybeText(one, 'MasterLabel') ?? '',
          status: text(one, 'Status'),
          members: all.filter((set) => !set.startsWith(muting)),
          muted: all.flatMap((set) => muted?.get(set) ?? []),
        }
        return [id, group]
      }),
    )
  })

const readMuted = async (ask: SourceContext['ask']): Promise<ReadonlyMap<string, readonly string[]>> => {
  const there = new Set(permissionNamesOf(await ask.fields('MutingPermissionSet')))
  const names = [...new Set<string>(askedPermissions)].filter((name) => there.has(name))
  const rows = await ask.rows(
    `SELECT ${['Id', ...names.map((name) => `Permissions${name}`)].join(', ')} FROM MutingPermissionSet`,
  )
  return new Map(rows.map((one) => [text(one, 'Id'), heldOf(one, names)]))
}
