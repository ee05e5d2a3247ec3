/** SamlSsoConfig: single sign-on by SAML, and until when its certificate is good. */
import { auditFields, checkbox, longText, picklist, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const samlSsoConfig = setupObject({
  name: 'SamlSsoConfig',
  label: 'SAML Single Sign-On Setting',
  keyPrefix: '0LE',
  visibleTo: ['ViewSetup', 'ManageAuthProviders'],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'API Name', 80, { nameField: true }),
    text('MasterLabel', 'Name', 80),
    text('Issuer', 'Issuer', 1300),
    text('Audience', 'Entity ID', 765),
    picklist('IdentityMapping', 'SAML Identity Type', ['FederationId', 'UserId', 'UserName']),
    longText('ValidationCert', 'Identity Provider Certificate', 4_000),
    checkbox('OptionsUserProvisioning', 'User Provisioning Enabled'),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    ...auditFields(),
  ],
})
