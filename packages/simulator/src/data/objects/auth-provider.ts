/** AuthProvider: identity providers that the org trusts. Consumer secrets come masked, if at all; here not at all. */
import { checkbox, dateTime, picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const authProvider = setupObject({
  name: 'AuthProvider',
  label: 'Auth. Provider',
  keyPrefix: '0SO',
  visibleTo: ['ViewSetup', 'ManageAuthProviders'],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'URL Suffix', 80, { nameField: true }),
    text('FriendlyName', 'Name', 32),
    picklist('ProviderType', 'Provider Type', [
      'Custom',
      'Github',
      'Google',
      'Microsoft',
      'OpenIdConnect',
      'Salesforce',
    ]),
    reference('ExecutionUserId', 'Execution User ID', 'User', 'ExecutionUser'),
    checkbox('OptionsRequireMfa', 'Require MFA'),
    dateTime('CreatedDate', 'Created Date'),
  ],
})
