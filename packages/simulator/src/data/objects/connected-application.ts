/** ConnectedApplication: apps that are installed. Scopes, PKCE, rotation and IP relaxation are in no column: metadata only. */
import { auditFields, checkbox, integer, picklist, recordId, reference, text } from '../field.ts'
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
    text('DeveloperName', 'API Name', 80, { api: 'tooling' }),
    text('ContactEmail', 'Contact Email', 80, { api: 'tooling' }),
    text('Description', 'Description', 255, { api: 'tooling' }),
    text('InfoUrl', 'Info URL', 255, { api: 'tooling' }),
    reference('ExecutionUserId', 'Execution User ID', 'User', null, { api: 'tooling' }),
    picklist('SessionPolicyAction', 'Session Policy Action', ['Block', 'RaiseSessionLevel'], { api: 'tooling' }),
    integer('SessionTimeout', 'Session Timeout', { api: 'tooling' }),
    text('Version', 'Version', 10, { api: 'tooling' }),
  ],
})
