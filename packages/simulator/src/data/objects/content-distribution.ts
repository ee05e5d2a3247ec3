/** ContentDistribution: public links to files. Who may not see all files sees the links of its own. */
import { auditFields, checkbox, dateTime, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const contentDistribution = setupObject({
  name: 'ContentDistribution',
  label: 'Content Delivery',
  labelPlural: 'Content Deliveries',
  keyPrefix: '05D',
  ownRows: { column: 'OwnerId', unless: ['QueryAllFiles', 'ViewAllData', 'ModifyAllData'] },
  fields: [
    recordId(),
    text('Name', 'Content Delivery Name', 100, { nameField: true }),
    reference('OwnerId', 'Owner ID', 'User', 'Owner'),
    checkbox('PreferencesExpires', 'Content Delivery Expires'),
    dateTime('ExpiryDate', 'Expiration Date'),
    text('Password', 'Password', 100, { filterable: false, sortable: false, groupable: false }),
    ...auditFields(),
  ],
})
