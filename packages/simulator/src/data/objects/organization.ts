/** Organization: the one row of the org itself. */
import { auditFields, checkbox, dateTime, picklist, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const organization = setupObject({
  name: 'Organization',
  label: 'Organization',
  keyPrefix: '00D',
  api: 'both',
  fields: [
    recordId(),
    text('Name', 'Name', 80, { nameField: true }),
    text('PrimaryContact', 'Primary Contact', 80),
    picklist('OrganizationType', 'Edition', ['Enterprise Edition', 'Developer Edition', 'Unlimited Edition']),
    text('InstanceName', 'Instance Name', 5),
    checkbox('IsSandbox', 'Is Sandbox'),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    picklist('LanguageLocaleKey', 'Language', ['en_US'], { defaultValue: 'en_US' }),
    picklist('DefaultLocaleSidKey', 'Locale', ['en_US'], { defaultValue: 'en_US' }),
    picklist('TimeZoneSidKey', 'Time Zone', ['GMT'], { defaultValue: 'GMT' }),
    dateTime('TrialExpirationDate', 'Trial Expiration Date'),
    ...auditFields(),
  ],
})
