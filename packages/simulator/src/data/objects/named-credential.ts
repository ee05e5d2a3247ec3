/** NamedCredential: where the org calls out to, and how it signs in there; never with what. */
import { auditFields, checkbox, picklist, recordId, reference, text, url } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const namedCredential = setupObject({
  name: 'NamedCredential',
  label: 'Named Credential',
  keyPrefix: '0XA',
  visibleTo: ['ViewSetup', 'CustomizeApplication', 'ManageNamedCredentials'],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    url('Endpoint', 'URL'),
    picklist('PrincipalType', 'Identity Type', ['Anonymous', 'NamedUser', 'PerUser']),
    checkbox('CalloutOptionsAllowMergeFieldsInBody', 'Allow Merge Fields in HTTP Body'),
    checkbox('CalloutOptionsAllowMergeFieldsInHeader', 'Allow Merge Fields in HTTP Header'),
    checkbox('CalloutOptionsGenerateAuthorizationHeader', 'Generate Authorization Header', { defaultValue: true }),
    reference('AuthProviderId', 'Auth. Provider ID', 'AuthProvider', 'AuthProvider'),
    text('JwtIssuer', 'Issuer', 255, { api: 'tooling' }),
    ...auditFields(),
  ],
})
