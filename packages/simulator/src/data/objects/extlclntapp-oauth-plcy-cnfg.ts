/** ExtlClntAppOauthPlcyCnfg: policies of an external client app. The reference calls it internal; in REST it has three fields, in Tooling all. */
import { checkbox, integer, picklist, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const extlClntAppOauthPlcyCnfg = setupObject({
  name: 'ExtlClntAppOauthPlcyCnfg',
  label: 'External Client App OAuth Policies',
  labelPlural: 'External Client App OAuth Policies',
  keyPrefix: '1za',
  storage: 'virtual',
  visibleTo: [
    'ViewSetup',
    'CustomizeApplication',
    'ExternalClientAppViewer',
    'ExternalClientAppDeveloper',
    'ExternalClientAppAdmin',
  ],
  api: 'both',
  fields: [
    recordId(),
    text('DeveloperName', 'Name', 80, { nameField: true, api: 'tooling' }),
    reference(
      'ExternalClientApplicationId',
      'External Client App ID',
      'ExternalClientApplication',
      'ExternalClientApplication',
    ),
    picklist('PermittedUsersPolicyType', 'Permitted Users', ['AllSelfAuthorized', 'AdminApprovedPreAuthorized']),
    picklist(
      'IpRelaxationPolicyType',
      'IP Relaxation',
      ['Enforce', 'Bypass', 'Bypass_2factor', 'Enforce_RelaxRefresh'],
      {
        api: 'tooling',
      },
    ),
    picklist(
      'RefreshTokenPolicyType',
      'Refresh Token Policy',
      ['Infinite', 'Zero', 'SpecificLifetime', 'SpecificInactivity'],
      {
        api: 'tooling',
      },
    ),
    integer('RefreshTokenValidityPeriod', 'Refresh Token Validity Period', { api: 'tooling' }),
    picklist('RefreshTokenValidityUnit', 'Refresh Token Validity Unit', ['Hours', 'Days', 'Months'], {
      api: 'tooling',
    }),
    picklist('RequiredSessionLevel', 'Required Session Level', ['LOW', 'STANDARD', 'HIGH_ASSURANCE'], {
      api: 'tooling',
    }),
    picklist('PolicyAction', 'Policy Action', ['Block', 'RaiseSessionLevel', 'StepUpMFA'], { api: 'tooling' }),
    integer('SessionTimeoutInMinutes', 'Session Timeout', { api: 'tooling' }),
    text('ClientCredentialsFlowUser', 'Client Credentials Flow User', 80, { api: 'tooling' }),
    checkbox('IsClientCredentialsFlowEnabled', 'Client Credentials Flow', { api: 'tooling' }),
    checkbox('IsGuestCodeCredFlowEnabled', 'Guest Code Credential Flow', { api: 'tooling' }),
    checkbox('IsTokenExchangeFlowEnabled', 'Token Exchange Flow', { api: 'tooling' }),
  ],
})
