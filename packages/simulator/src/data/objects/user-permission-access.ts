/** UserPermissionAccess: one row, which says what the caller itself may do. */
import { dateTime, recordId } from '../field.ts'
import { permissionCheckboxes } from '../permission-checkboxes.ts'
import { setupObject } from '../sobject.ts'

export const userPermissionAccess = setupObject({
  name: 'UserPermissionAccess',
  label: 'User Permission Access',
  labelPlural: 'User Permission Access',
  keyPrefix: null,
  storage: 'virtual',
  fields: [recordId(), dateTime('LastCacheUpdate', 'Last Cache Update'), ...permissionCheckboxes()],
})
