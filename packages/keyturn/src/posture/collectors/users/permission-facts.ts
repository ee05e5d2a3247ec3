/** The families of permission sets, groups and the names of permissions that this org knows. */
import { known } from '../../fact.ts'
import type { Collector } from '../../collector.ts'
import { attempt } from '../attempt.ts'
import { seesPermissions } from '../needs.ts'
import type { Assignments } from './assignments.ts'
import { permissionNamesOf } from './permission-sets.ts'

export const collectPermissionNames: Collector<'permissionNames'> = ({ ask, own }) =>
  attempt({ ...seesPermissions, what: 'the permissions that this org knows' }, own, async () =>
    permissionNamesOf(await ask.fields('PermissionSet')),
  )

/** How many users hold each id, of sets or of groups. */
const holders = (byUser: Assignments['setsOf']): ReadonlyMap<string, Set<string>> => {
  const found = new Map<string, Set<string>>()
  for (const [user, ids] of byUser)
    for (const id of ids) {
      const all = found.get(id)
      if (all === undefined) found.set(id, new Set([user]))
      else all.add(user)
    }
  return found
}

export const collectPermissionSets: Collector<'permissionSets'> = async ({ sources }) => {
  const [sets, assignments, groups] = await Promise.all([
    sources.permissionSets(),
    sources.assignments(),
    sources.groups(),
  ])
  if (sets.is === 'unknown') return sets
  const direct = assignments.is === 'known' ? holders(assignments.value.setsOf) : null
  const inGroups = assignments.is === 'known' ? holders(assignments.value.groupsOf) : null
  const groupsWith = new Map<string, string[]>()
  if (groups.is === 'known')
    for (const group of groups.value.values())
      for (const set of group.members) groupsWith.set(set, [...(groupsWith.get(set) ?? []), group.id])
  const shown = [...sets.value.values()].filter(({ profileId, groupId }) => profileId === null && groupId === null)
  return known(
    shown.map(({ id, name, label, custom, permissions }) => {
      const users = new Set([
        ...(direct?.get(id) ?? []),
        ...(groupsWith.get(id) ?? []).flatMap((group) => [...(inGroups?.get(group) ?? [])]),
      ])
      const assigned = assignments.is === 'unknown' ? assignments : groups.is === 'unknown' ? groups : known(users.size)
      return { id, name, label, custom, assigned, permissions: known(permissions) }
    }),
  )
}

export const collectPermissionSetGroups: Collector<'permissionSetGroups'> = async ({ sources }) => {
  const [groups, assignments] = await Promise.all([sources.groups(), sources.assignments()])
  if (groups.is === 'unknown') return groups
  const users = assignments.is === 'known' ? holders(assignments.value.groupsOf) : null
  return known(
    [...groups.value.values()].map(({ id, name, label, status }) => ({
      name,
      label,
      status,
      assigned: assignments.is === 'unknown' ? assignments : known(users?.get(id)?.size ?? 0),
    })),
  )
}
