/** Profile, with one checkbox a user permission. Each owns a hidden permission set, so that assignments cover both. */
import { auditFields, complexValue, picklist, recordId, reference, text } from '../field.ts'
import { permissionCheckboxes } from '../permission-checkboxes.ts'
import { setupObject } from '../sobject.ts'

export const profile = setupObject({
  name: 'Profile',
  label: 'Profile',
  keyPrefix: '00e',
  api: 'both',
  ownRows: { column: 'Id', unless: ['ViewSetup', 'ViewAllProfiles', 'ManageUsers'], value: 'profile' },
  fields: [
    recordId(),
    text('Name', 'Name', 255, { nameField: true }),
    text('Description', 'Description', 255),
    picklist('UserType', 'User Type', ['Standard', 'Guest']),
    reference('UserLicenseId', 'User License ID', 'UserLicense', 'UserLicense'),
    ...auditFields(),
    ...permissionCheckboxes(),
    complexValue('Metadata', 'Metadata'),
  ],
})
