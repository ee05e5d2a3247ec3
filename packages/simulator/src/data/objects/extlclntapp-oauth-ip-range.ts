/** ExtlClntAppOauthIpRange (Tooling): trusted ranges of an external client app. */
import { recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const extlClntAppOauthIpRange = setupObject({
  name: 'ExtlClntAppOauthIpRange',
  label: 'External Client App IP Range',
  keyPrefix: '1zd',
  storage: 'virtual',
  visibleTo: [
    'ViewSetup',
    'CustomizeApplication',
    'ExternalClientAppViewer',
    'ExternalClientAppDeveloper',
    'ExternalClientAppAdmin',
  ],
  api: 'tooling',
  fields: [
    recordId(),
    reference(
      'ExternalClientApplicationId',
      'External Client App ID',
      'ExternalClientApplication',
      'ExternalClientApplication',
    ),
    text('StartIpAddress', 'Start IP Address', 39),
    text('EndIpAddress', 'End IP Address', 39),
    text('Description', 'Description', 255),
  ],
})
