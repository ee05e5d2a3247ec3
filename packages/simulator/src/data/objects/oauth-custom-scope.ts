/** OauthCustomScope: scopes that the org made up, as metadata has them. */
import { checkbox, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const oauthCustomScope = setupObject({
  name: 'OauthCustomScope',
  label: 'OAuth Custom Scope',
  keyPrefix: '1CV',
  storage: 'virtual',
  visibleTo: ['ManageRemoteAccess', 'CustomizeApplication'],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    text('Description', 'Description', 60),
    checkbox('IsPublic', 'Is Public'),
    text('Language', 'Language', 40),
    text('NamespacePrefix', 'Namespace Prefix', 15),
  ],
})
