/** InstalledSubscriberPackage (Tooling): packages in this org. */
import { recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const installedSubscriberPackage = setupObject({
  name: 'InstalledSubscriberPackage',
  label: 'Installed Subscriber Package',
  keyPrefix: '0A3',
  visibleTo: ['ViewSetup', 'InstallPackaging'],
  api: 'tooling',
  fields: [
    recordId(),
    text('SubscriberPackageId', 'Subscriber Package ID', 18),
    text('SubscriberPackageName', 'Subscriber Package Name', 255),
    text('SubscriberPackageNamespace', 'Subscriber Package Namespace', 15),
  ],
})
