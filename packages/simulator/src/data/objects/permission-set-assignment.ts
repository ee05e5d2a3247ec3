/** PermissionSetAssignment: who holds which set, directly, by the profile or by a group, and until when. */
import { checkbox, dateTime, recordId, reference } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSetAssignment = setupObject({
  name: 'PermissionSetAssignment',
  label: 'Permission Set Assignment',
  keyPrefix: '0Pa',
  createable: true,
  deletable: true,
  visibleTo: [...seesPermissions, 'ManageUsers'],
  writableWith: ['AssignPermissionSets', 'ManageUsers'],
  fields: [
    recordId(),
    reference('PermissionSetId', 'PermissionSet ID', 'PermissionSet', 'PermissionSet', {
      nillable: false,
      childRelationshipName: 'Assignments',
    }),
    reference('AssigneeId', 'Assignee ID', 'User', 'Assignee', {
      nillable: false,
      childRelationshipName: 'PermissionSetAssignments',
    }),
    reference('PermissionSetGroupId', 'PermissionSetGroup ID', 'PermissionSetGroup', 'PermissionSetGroup', {
      childRelationshipName: 'Assignments',
    }),
    dateTime('ExpirationDate', 'Expiration Date'),
    checkbox('IsActive', 'Is Active', { createable: false, updateable: false, defaultValue: true }),
    checkbox('IsRevoked', 'Is Revoked', { createable: false, updateable: false }),
    dateTime('SystemModstamp', 'System Modstamp', { createable: false, updateable: false }),
  ],
})
