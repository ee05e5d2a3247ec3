/** UserLicense: the licences of the org, and how many are used. */
import { integer, picklist, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const userLicense = setupObject({
  name: 'UserLicense',
  label: 'User License',
  keyPrefix: '100',
  fields: [
    recordId(),
    text('Name', 'Name', 40, { nameField: true }),
    text('MasterLabel', 'Label', 40),
    text('LicenseDefinitionKey', 'License Def. ID', 40),
    picklist('Status', 'Status', ['Active', 'Disabled']),
    integer('TotalLicenses', 'Total Licenses'),
    integer('UsedLicenses', 'Used Licenses'),
  ],
})
