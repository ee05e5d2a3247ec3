/** ExtlClntAppPlcyCnfg (Tooling): whether an external client app may be used in this org at all. */
import { checkbox, picklist, recordId, reference, text, url } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const extlClntAppPlcyCnfg = setupObject({
  name: 'ExtlClntAppPlcyCnfg',
  label: 'External Client App Policies',
  labelPlural: 'External Client App Policies',
  keyPrefix: '1zb',
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
    text('DeveloperName', 'Name', 80, { nameField: true }),
    reference(
      'ExternalClientApplicationId',
      'External Client App ID',
      'ExternalClientApplication',
      'ExternalClientApplication',
    ),
    checkbox('IsEnabled', 'Enabled'),
    picklist('OauthPluginStatus', 'OAuth Plugin', ['Disabled', 'Enabled', 'Notinstalled']),
    picklist('SamlPluginStatus', 'SAML Plugin', ['Disabled', 'Enabled', 'Notinstalled']),
    picklist('StartPage', 'Start Page', ['None', 'Custom', 'OAuth', 'SAML']),
    url('StartUrl', 'Start URL'),
  ],
})
