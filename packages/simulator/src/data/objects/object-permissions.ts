/** ObjectPermissions: what a permission set may do with records of an object. */
import { auditFields, checkbox, recordId, reference, text } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const objectPermissions = setupObject({
  name: 'ObjectPermissions',
  label: 'Object Permissions',
  labelPlural: 'Object Permissions',
  keyPrefix: '110',
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
      childRelationshipName: 'ObjectPerms',
      cascadeDelete: true,
    }),
    text('SobjectType', 'SObject Type Name', 40, { nillable: false, updateable: false }),
    checkbox('PermissionsCreate', 'Create Records'),
    checkbox('PermissionsRead', 'Read Records'),
    checkbox('PermissionsEdit', 'Edit Records'),
    checkbox('PermissionsDelete', 'Delete Records'),
    checkbox('PermissionsViewAllRecords', 'Read All Records'),
    checkbox('PermissionsModifyAllRecords', 'Edit All Records'),
    checkbox('PermissionsViewAllFields', 'View All Fields'),
    ...auditFields(),
  ],
})
