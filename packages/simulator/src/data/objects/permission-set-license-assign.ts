/** PermissionSetLicenseAssign: who holds such a licence. */
import { auditFields, recordId, reference } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSetLicenseAssign = setupObject({
  name: 'PermissionSetLicenseAssign',
  label: 'Permission Set License Assignment',
  keyPrefix: '2LA',
  createable: true,
  deletable: true,
  visibleTo: [...seesPermissions, 'ManageUsers'],
  writableWith: ['AssignPermissionSets', 'ManageUsers'],
  fields: [
    recordId(),
    reference('PermissionSetLicenseId', 'Permission Set License ID', 'PermissionSetLicense', 'PermissionSetLicense', {
      nillable: false,
      childRelationshipName: 'PermissionSetLicenseAssignments',
    }),
    reference('AssigneeId', 'Assignee ID', 'User', 'Assignee', {
      nillable: false,
      childRelationshipName: 'PermissionSetLicenseAssignments',
    }),
    ...auditFields(),
  ],
})
