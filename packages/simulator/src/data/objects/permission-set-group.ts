/** PermissionSetGroup: users get its aggregate permission set (Type Group), which is stale while the status isn’t Updated. */
import { auditFields, checkbox, picklist, recordId, text } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSetGroup = setupObject({
  name: 'PermissionSetGroup',
  label: 'Permission Set Group',
  keyPrefix: '0PG',
  visibleTo: seesPermissions,
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'API Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    text('Description', 'Description', 255),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    picklist('Status', 'Status', ['Updated', 'Outdated', 'Updating', 'Failed'], { defaultValue: 'Updated' }),
    checkbox('HasActivationRequired', 'Session Activation Required'),
    ...auditFields(),
  ],
})
