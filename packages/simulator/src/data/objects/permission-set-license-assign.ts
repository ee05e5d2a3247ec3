/** PermissionSetLicenseAssign: who holds such a licence. */
import { auditFields, recordId, reference } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSetLicenseAssign = setupObject({
  name: 'PermissionSetLicenseAssign',
  label: 'Permission Set License Assignment',
  keyPrefix: '2LA',
  visibleTo: [...seesPermissions, 'ManageUsers'],
  fields: [
    recordId(),
    reference('PermissionSetLicenseId', 'Permission Set License ID', 'PermissionSetLicense', 'PermissionSetLicense', {
      childRelationshipName: 'PermissionSetLicenseAssignments',
    }),
    reference('AssigneeId', 'Assignee ID', 'User', 'Assignee', {
      childRelationshipName: 'PermissionSetLicenseAssignments',
    }),
    ...auditFields(),
  ],
})
