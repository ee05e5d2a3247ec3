/** The apps of the org and the tokens they hold: ConnectedApplication, AppMenuItem, OauthToken. */
import { auditFields, checkbox, dateTime, integer, picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const connectedApplication = setupObject({
  name: 'ConnectedApplication',
  label: 'Connected App',
  keyPrefix: '0H4',
  visibleTo: ['ViewSetup', 'CustomizeApplication', 'ManageRemoteAccess'],
  api: 'both',
  fields: [
    recordId(),
    text('Name', 'Name', 80, { nameField: true }),
    ...auditFields(),
    checkbox('OptionsAllowAdminApprovedUsersOnly', 'Admin Approved Users Only'),
    checkbox('OptionsRefreshTokenValidityMetric', 'Refresh Token Validity Metric'),
    checkbox('OptionsHasSessionLevelPolicy', 'Has Session Level Policy'),
    checkbox('OptionsIsInternal', 'Is Internal'),
    checkbox('OptionsFullContentPushNotifications', 'Full Content Push Notifications'),
    checkbox('OptionsCodeCredentialGuestEnabled', 'Code Credential Guest Enabled'),
    checkbox('OptionsTokenExchangeManageBitEnabled', 'Token Exchange Manage Bit Enabled'),
    checkbox('OptionsAppIssueJwtTokenEnabled', 'App Issue JWT Token Enabled'),
    integer('MobileSessionTimeout', 'Mobile Session Timeout'),
    integer('PinLength', 'PIN Length'),
    text('StartUrl', 'Start URL', 255),
    text('MobileStartUrl', 'Mobile Start URL', 255),
    integer('RefreshTokenValidityPeriod', 'Refresh Token Validity Period'),
    integer('UvidTimeout', 'UVID Timeout'),
    integer('NamedUserUvidTimeout', 'Named User UVID Timeout'),
  ],
})

/** "Internal use only", says the reference; the tools that look for external client apps query it all the same. */
export const externalClientApplication = setupObject({
  name: 'ExternalClientApplication',
  label: 'External Client Application',
  keyPrefix: '0xI',
  visibleTo: ['ViewSetup', 'CustomizeApplication', 'ExternalClientAppViewer', 'ExternalClientAppDeveloper'],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    picklist('DistributionState', 'Distribution State', ['Local', 'Packaged', 'Managed', 'AutoInstalled'], {
      defaultValue: 'Local',
    }),
    ...auditFields(),
  ],
})

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

/** A view over the grants of the identity side, with the paging and own-rows rules of the reference page. */
export const oauthToken = setupObject({
  name: 'OauthToken',
  label: 'OAuth Token',
  keyPrefix: '0CQ',
  storage: 'identity',
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
