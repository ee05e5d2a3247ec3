/**
 * What users may do in fact: by their profile, by permission sets, and by groups less what is muted in them. A group
 * that isn't up to date gives what it was last computed to give, and will give what its members say: both count.
 */
import { known } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { Sources } from '../sources.ts'
import type { HeldSet } from './permission-sets.ts'

interface Held {
  readonly permissions: readonly string[]
  /** Names of sets and groups, without the hidden ones of profiles and groups. */
  readonly names: readonly string[]
  /** Ids of all sets, hidden ones too. */
  readonly setIds: readonly string[]
}

type HeldBy = (user: { readonly id: string; readonly profileId: string }) => Held

export const effectivePermissions = async (sources: Sources): Promise<Fact<HeldBy>> => {
  const [sets, assignments, groups] = await Promise.all([
    sources.permissionSets(),
    sources.assignments(),
    sources.groups(),
  ])
  if (sets.is === 'unknown') return sets
  if (assignments.is === 'unknown') return assignments
  if (groups.is === 'unknown') return groups
  const ofProfile = new Map<string, HeldSet>()
  for (const set of sets.value.values()) if (set.profileId !== null) ofProfile.set(set.profileId, set)
  const toCome = new Map<string, readonly string[]>()
  for (const { id, status, members, muted } of groups.value.values()) {
    if (status === 'Updated') continue
    const all = members.flatMap((set) => sets.value.get(set)?.permissions ?? [])
    toCome.set(
      id,
      all.filter((one) => !muted.includes(one)),
    )
  }
  return known(({ id, profileId }) => {
    const held = new Set(assignments.value.setsOf.get(id) ?? [])
    const profile = ofProfile.get(profileId)
    if (profile !== undefined) held.add(profile.id)
    const mine = [...held].flatMap((set) => sets.value.get(set) ?? [])
    const inGroups = assignments.value.groupsOf.get(id) ?? []
    const permissions = new Set(mine.flatMap((set) => set.permissions))
    for (const group of inGroups) for (const one of toCome.get(group) ?? []) permissions.add(one)
    const named = mine.filter((set) => set.profileId === null && set.groupId === null).map(({ name }) => name)
    const groupNames = inGroups.flatMap((group) => groups.value.get(group)?.name ?? [])
    return { permissions: [...permissions], names: [...new Set([...named, ...groupNames])], setIds: [...held] }
  })
}
