/** Who holds which permission set, directly or by a group; what has run out or was taken back doesn't count. */
import type { Fact } from '../../fact.ts'
import { attempt } from '../attempt.ts'
import { seesPermissions } from '../needs.ts'
import { flag, maybeMoment, maybeText, text } from '../cells.ts'
import type { SourceContext } from '../source-context.ts'

export interface Assignments {
  /** Ids of permission sets by id of user. */
  readonly setsOf: ReadonlyMap<string, readonly string[]>
  /** Ids of groups by id of user. */
  readonly groupsOf: ReadonlyMap<string, readonly string[]>
}

const add = (to: Map<string, string[]>, key: string, value: string): void => {
  const all = to.get(key)
  if (all === undefined) to.set(key, [value])
  else all.push(value)
}

export const readAssignments = ({ ask, own, now }: SourceContext): Promise<Fact<Assignments>> =>
  attempt({ ...seesPermissions, what: 'assignments of permission sets' }, own, async () => {
    const setsOf = new Map<string, string[]>()
    const groupsOf = new Map<string, string[]>()
    const soql =
      'SELECT AssigneeId, PermissionSetId, PermissionSetGroupId, ExpirationDate, IsActive FROM PermissionSetAssignment'
    for (const one of await ask.rows(`${soql} WHERE Assignee.IsActive = true`)) {
      const until = maybeMoment(one, 'ExpirationDate')
      if (!flag(one, 'IsActive') || (until !== null && until <= now)) continue
      const user = text(one, 'AssigneeId')
      const set = maybeText(one, 'PermissionSetId')
      const group = maybeText(one, 'PermissionSetGroupId')
      if (set !== null) add(setsOf, user, set)
      if (group !== null) add(groupsOf, user, group)
    }
    return { setsOf, groupsOf }
  })
