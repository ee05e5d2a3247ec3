/** A view over the grants of the identity side, with the paging and own-rows rules of the reference page. */
import { dateTime, integer, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const oauthToken = setupObject({
  name: 'OauthToken',
  label: 'OAuth Token',
  keyPrefix: '0CQ',
  storage: 'identity',
  rowKey: 'sim_row',
  ownRows: { column: 'UserId', unless: ['CustomizeApplication'] },
  paging: { page: 500, cap: 2500 },
  fields: [
    recordId({ nillable: true }),
    text('AccessToken', 'Access Token', 2000),
    text('RequestToken', 'Request Token', 512),
    text('DeleteToken', 'Delete Token', 2000),
    reference('UserId', 'User ID', 'User', 'User'),
    dateTime('LastUsedDate', 'Last Used Date', { groupable: true }),
    dateTime('CreatedDate', 'Created Date', { groupable: true }),
    integer('UseCount', 'Use Count'),
    text('AppName', 'App Name', 80),
    reference('AppMenuItemId', 'App Menu Item ID', 'AppMenuItem', 'AppMenuItem'),
  ],
})
