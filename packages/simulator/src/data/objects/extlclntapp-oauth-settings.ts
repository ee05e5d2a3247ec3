/** ExtlClntAppOauthSettings (Tooling): one checkbox a scope. PKCE, rotation and secrets are in metadata only. */
import { checkbox, recordId, reference, text } from '../field.ts'
import { scopeColumns } from '../scope-columns.ts'
import { setupObject } from '../sobject.ts'

export const extlClntAppOauthSettings = setupObject({
  name: 'ExtlClntAppOauthSettings',
  label: 'External Client App OAuth Settings',
  labelPlural: 'External Client App OAuth Settings',
  keyPrefix: '1zc',
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
    ...scopeColumns.map((name) => checkbox(`OauthScopes${name}`, `Scope ${name}`)),
    checkbox('ExtlClntAppOauthOptionsFirstPartyAppEnabled', 'First Party App'),
  ],
})
