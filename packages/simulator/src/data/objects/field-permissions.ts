/** FieldPermissions: which fields a permission set may read and change. */
import { checkbox, dateTime, recordId, reference, text } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const fieldPermissions = setupObject({
  name: 'FieldPermissions',
  label: 'Field Permissions',
  labelPlural: 'Field Permissions',
  keyPrefix: '01k',
  createable: true,
  updateable: true,
  deletable: true,
  visibleTo: seesPermissions,
  writableWith: ['ManageProfilesPermissionsets'],
  fields: [
    recordId(),
    reference('ParentId', 'Parent ID', 'PermissionSet', 'Parent', {
      nillable: false,
      updateable: false,
      childRelationshipName: 'FieldPerms',
      cascadeDelete: true,
    }),
    text('SobjectType', 'SObject Type Name', 40, { nillable: false, updateable: false }),
    text('Field', 'Field Name', 255, { nillable: false, updateable: false }),
    checkbox('PermissionsEdit', 'Edit Field'),
    checkbox('PermissionsRead', 'Read Field'),
    dateTime('SystemModstamp', 'System Modstamp', { createable: false, updateable: false }),
  ],
})
