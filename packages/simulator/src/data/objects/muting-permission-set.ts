/** MutingPermissionSet: what a group takes away again, inside of itself only. */
import { auditFields, recordId, text } from '../field.ts'
import { permissionCheckboxes } from '../permission-checkboxes.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const mutingPermissionSet = setupObject({
  name: 'MutingPermissionSet',
  label: 'Muting Permission Set',
  keyPrefix: '0QM',
  visibleTo: seesPermissions,
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'API Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    ...auditFields(),
    ...permissionCheckboxes(),
  ],
})
