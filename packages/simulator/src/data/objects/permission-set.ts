/** PermissionSet: those of profiles and of groups included. */
import { auditFields, checkbox, complexValue, picklist, recordId, reference, text } from '../field.ts'
import { permissionCheckboxes } from '../permission-checkboxes.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSet = setupObject({
  name: 'PermissionSet',
  label: 'Permission Set',
  keyPrefix: '0PS',
  createable: true,
  updateable: true,
  deletable: true,
  visibleTo: seesPermissions,
  writableWith: ['ManageProfilesPermissionsets'],
  api: 'both',
  fields: [
    recordId(),
    text('Name', 'Permission Set Name', 80, { nillable: false, nameField: true, unique: true }),
    text('Label', 'Permission Set Label', 80, { nillable: false }),
    text('Description', 'Description', 255),
    checkbox('IsCustom', 'Custom', { createable: false, updateable: false, defaultValue: true }),
    checkbox('IsOwnedByProfile', 'Owned By Profile', { createable: false, updateable: false }),
    checkbox('HasActivationRequired', 'Session Activation Required'),
    picklist('Type', 'Type', ['Regular', 'Profile', 'Group', 'Session', 'Integration', 'Standard'], {
      createable: false,
      updateable: false,
      defaultValue: 'Regular',
    }),
    reference('ProfileId', 'Profile ID', 'Profile', 'Profile', { createable: false, updateable: false }),
    reference('LicenseId', 'License ID', 'UserLicense', 'License'),
    reference('PermissionSetGroupId', 'Permission Set Group ID', 'PermissionSetGroup', 'PermissionSetGroup', {
      createable: false,
      updateable: false,
    }),
    text('NamespacePrefix', 'Namespace Prefix', 15, { createable: false, updateable: false }),
    ...auditFields(),
    ...permissionCheckboxes(),
    complexValue('Metadata', 'Metadata'),
  ],
})
