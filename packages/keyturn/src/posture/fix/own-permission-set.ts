/**
 * A permission set of an app’s own, which gives nothing but the app, assigned to those who use it today: where no set of
 * the company has these people and nobody else. It is assigned after it is made, a moment after the app asks for it.
 */
import type { ComponentEdit, RecordEdit } from '../change/org-change.ts'
import type { AppFact, Facts, UserFact } from '../facts.ts'

interface OwnSet {
  readonly name: string
  readonly edit: ComponentEdit
  readonly records: readonly RecordEdit[]
}

/** A sentence: why not. */
export const ownPermissionSet = (
  app: AppFact,
  users: readonly UserFact[],
  { permissionSets }: Facts,
): OwnSet | string => {
  if (permissionSets.is === 'unknown') return `Permission sets were not read: ${permissionSets.text}.`
  const name = `${app.name.replaceAll(/\W+/gu, '_').replace(/^[^A-Za-z]+/u, '')}_Users`
    .replaceAll(/_+/gu, '_')
    .slice(-80)
  if (permissionSets.value.some((one) => one.name.toLowerCase() === name.toLowerCase()))
    return `There is a permission set ${name} already: assign it to those who use the app, and name it in its policies.`
  const label = `${app.label === '' ? app.name : app.label} users`.slice(0, 80)
  return {
    name,
    edit: {
      type: 'PermissionSet',
      fullName: name,
      edit: (body) => body ?? { hasActivationRequired: 'false', label },
    },
    records: users.map(({ id, username }) => ({
      is: 'create',
      object: 'PermissionSetAssignment',
      name: `permission set ${name} for ${username}`,
      fields: { AssigneeId: id },
      named: { PermissionSetId: { object: 'PermissionSet', name } },
    })),
  }
}
