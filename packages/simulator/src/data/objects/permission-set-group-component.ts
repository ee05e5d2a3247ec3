/** PermissionSetGroupComponent: which permission sets (and muting ones, 0QM…) make up a group. */
import { dateTime, recordId, reference } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSetGroupComponent = setupObject({
  name: 'PermissionSetGroupComponent',
  label: 'Permission Set Group Component',
  keyPrefix: '0PM',
  visibleTo: seesPermissions,
  api: 'both',
  fields: [
    recordId(),
    reference('PermissionSetGroupId', 'Permission Set Group ID', 'PermissionSetGroup', 'PermissionSetGroup', {
      childRelationshipName: 'PermissionSetGroupComponents',
    }),
    reference('PermissionSetId', 'Permission Set ID', 'PermissionSet', 'PermissionSet'),
    dateTime('SystemModstamp', 'System Modstamp'),
  ],
})
