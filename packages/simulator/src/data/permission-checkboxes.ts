/** One checkbox for each user permission, as Profile, PermissionSet and UserPermissionAccess have them. */
import { checkbox, type Field } from './field.ts'
import { permissionColumn, permissionGate, userPermissions } from './user-permissions.ts'

const labelOf = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')

export const permissionCheckboxes = (): readonly Field[] =>
  userPermissions.map((name) => checkbox(permissionColumn(name), labelOf(name), { gate: permissionGate(name) }))
