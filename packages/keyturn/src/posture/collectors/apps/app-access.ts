/** Which profiles and permission sets may use which app, and how many active users come in by them. */
import { known } from '../../fact.ts'
import type { Fact } from '../../fact.ts'
import type { AppFact } from '../../facts.ts'
import type { Collecting } from '../../collector.ts'
import { attempt } from '../attempt.ts'
import { seesAppAccess } from '../needs.ts'
import type { Unknown } from '../attempt.ts'
import { text } from '../cells.ts'

type Access = Pick<AppFact, 'permittedProfiles' | 'permittedPermissionSets' | 'permittedUserCount'>

export const noAccess = (why: Unknown): Access => ({
  permittedProfiles: why,
  permittedPermissionSets: why,
  permittedUserCount: why,
})

/** By the id of the app. */
export const readAccess = async ({ ask, own, sources }: Collecting): Promise<(appId: string | null) => Access> => {
  const rows = await attempt(seesAppAccess, own, () =>
    ask.rows(
      'SELECT ParentId, SetupEntityId FROM SetupEntityAccess ' +
        "WHERE SetupEntityType IN ('ConnectedApplication', 'ExternalClientApplication')",
    ),
  )
  const [sets, users, assignments] = await Promise.all([
    sources.permissionSets(),
    sources.users(),
    sources.assignments(),
  ])
  const parsed =
    rows.is === 'unknown'
      ? rows
      : await attempt(seesAppAccess, own, async () => {
          const byApp = new Map<string, string[]>()
          for (const one of rows.value) {
            const app = text(one, 'SetupEntityId').slice(0, 15)
            byApp.set(app, [...(byApp.get(app) ?? []), text(one, 'ParentId')])
          }
          return byApp
        })
  if (parsed.is === 'unknown') return () => noAccess(parsed)
  if (sets.is === 'unknown') return () => noAccess(sets)
  const usersWith = new Map<string, string[]>()
  const profileNames = new Map<string, string>()
  if (users.is === 'known' && assignments.is === 'known') {
    const ofProfile = new Map([...sets.value.values()].map(({ id, profileId }) => [profileId, id]))
    for (const user of users.value.values()) {
      profileNames.set(user.profileId, user.profile)
      if (!user.active) continue
      const own_ = ofProfile.get(user.profileId)
      for (const set of new Set([
        ...(assignments.value.setsOf.get(user.id) ?? []),
        ...(own_ === undefined ? [] : [own_]),
      ])) {
        const all = usersWith.get(set)
        if (all === undefined) usersWith.set(set, [user.id])
        else all.push(user.id)
      }
    }
  }
  return (appId) => {
    const mine = appId === null ? [] : (parsed.value.get(appId.slice(0, 15)) ?? [])
    const held = mine.flatMap((id) => sets.value.get(id) ?? [])
    const count: Fact<number> =
      users.is === 'unknown'
        ? users
        : assignments.is === 'unknown'
          ? assignments
          : known(new Set(mine.flatMap((set) => usersWith.get(set) ?? [])).size)
    return {
      permittedProfiles: known(
        held.flatMap(({ profileId }) => (profileId === null ? [] : [profileNames.get(profileId) ?? profileId])),
      ),
      permittedPermissionSets: known(held.flatMap(({ profileId, name }) => (profileId === null ? [name] : []))),
      permittedUserCount: count,
    }
  }
}
