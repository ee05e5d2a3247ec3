/** PermissionSetLicense: licences that permission sets want besides the user’s own. */
import { auditFields, date, integer, picklist, recordId, text } from '../field.ts'
import { seesPermissions } from '../sees-permissions.ts'
import { setupObject } from '../sobject.ts'

export const permissionSetLicense = setupObject({
  name: 'PermissionSetLicense',
  label: 'Permission Set License',
  keyPrefix: '0PL',
  visibleTo: seesPermissions,
  fields: [
    recordId(),
    text('DeveloperName', 'Developer Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 255),
    text('PermissionSetLicenseKey', 'Permission Set License Key', 40),
    picklist('Status', 'Status', ['Active', 'Disabled'], { defaultValue: 'Active' }),
    integer('TotalLicenses', 'Total Licenses'),
    integer('UsedLicenses', 'Used Licenses'),
    date('ExpirationDate', 'Expiration Date'),
    ...auditFields(),
  ],
})
