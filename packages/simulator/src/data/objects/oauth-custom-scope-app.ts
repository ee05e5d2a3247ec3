/** OauthCustomScopeApp: which app was given which custom scope. */
import { recordId, reference } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const oauthCustomScopeApp = setupObject({
  name: 'OauthCustomScopeApp',
  label: 'OAuth Custom Scope App',
  keyPrefix: '1CW',
  storage: 'virtual',
  visibleTo: ['ManageRemoteAccess', 'CustomizeApplication'],
  fields: [
    recordId(),
    reference('OauthCustomScopeId', 'OAuth Custom Scope ID', 'OauthCustomScope', 'OauthCustomScope'),
    reference('ApplicationId', 'Application ID', 'ConnectedApplication', null),
  ],
})
