/** AppMenuItem: what links a token or an access row to its app; apps that are not installed have none. */
import { checkbox, integer, picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const appMenuItem = setupObject({
  name: 'AppMenuItem',
  label: 'App Menu Item',
  keyPrefix: '0DS',
  fields: [
    recordId(),
    integer('SortOrder', 'Sort Order'),
    text('Name', 'Developer Name', 80, { nameField: true }),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    text('Label', 'Master Label', 80),
    text('Description', 'Description', 255),
    text('StartUrl', 'Start URL', 255),
    picklist('Type', 'App Type', ['TabSet', 'ConnectedApplication', 'ServiceProvider', 'ExternalClientApplication']),
    reference('ApplicationId', 'Application ID', 'ConnectedApplication', null),
    checkbox('IsUsingAdminAuthorization', 'Is Using Admin Authorization'),
    checkbox('IsAccessible', 'Accessible'),
    checkbox('IsVisible', 'Visible'),
  ],
})
