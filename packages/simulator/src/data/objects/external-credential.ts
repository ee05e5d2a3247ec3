/** ExternalCredential: how external systems authenticate the org; its secrets are never returned. */
import { auditFields, picklist, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const externalCredential = setupObject({
  name: 'ExternalCredential',
  label: 'External Credential',
  keyPrefix: '0pz',
  visibleTo: ['ViewSetup', 'CustomizeApplication', 'ManageNamedCredentials'],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    picklist('AuthenticationProtocol', 'Authentication Protocol', [
      'AwsSv4',
      'Basic',
      'Custom',
      'Jwt',
      'NoAuthentication',
      'Oauth',
    ]),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    ...auditFields(),
  ],
})
