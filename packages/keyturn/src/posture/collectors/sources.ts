/** What several families are made of, each read at most once: users, permission sets, assignments, groups. */
import type { Fact } from '../fact.ts'
import type { SourceContext } from './source-context.ts'
import { readAssignments } from './users/assignments.ts'
import type { Assignments } from './users/assignments.ts'
import { readDirectory } from './users/directory.ts'
import type { DirectoryUser } from './users/directory.ts'
import { readPermissionSets } from './users/permission-sets.ts'
import type { HeldSet } from './users/permission-sets.ts'
import { readGroups } from './users/permission-set-groups.ts'
import type { Group } from './users/permission-set-groups.ts'

export interface Sources {
  users(): Promise<Fact<ReadonlyMap<string, DirectoryUser>>>
  permissionSets(): Promise<Fact<ReadonlyMap<string, HeldSet>>>
  assignments(): Promise<Fact<Assignments>>
  groups(): Promise<Fact<ReadonlyMap<string, Group>>>
}

const once = <T>(work: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined
  return () => (made ??= work())
}

export const createSources = (context: SourceContext): Sources => ({
  users: once(() => readDirectory(context)),
  permissionSets: once(() => readPermissionSets(context)),
  assignments: once(() => readAssignments(context)),
  groups: once(() => readGroups(context)),
})
