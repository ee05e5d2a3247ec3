/** "Internal use only", says the reference; the tools that look for external client apps query it all the same. */
import { auditFields, picklist, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

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
