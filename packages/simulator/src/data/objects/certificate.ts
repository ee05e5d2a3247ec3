/** Certificate (Tooling): those of Certificate and Key Management. What is pasted into an app is in metadata only. */
import { checkbox, dateTime, integer, longText, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const certificate = setupObject({
  name: 'Certificate',
  label: 'Certificate',
  keyPrefix: '0P1',
  storage: 'virtual',
  api: 'tooling',
  visibleTo: ['ViewSetup', 'ManageCertificates'],
  fields: [
    recordId(),
    text('DeveloperName', 'Name', 80, { nameField: true }),
    text('MasterLabel', 'Label', 80),
    dateTime('ExpirationDate', 'Expiration Date'),
    integer('KeySize', 'Key Size'),
    checkbox('OptionsIsCaSigned', 'Is CA Signed'),
    checkbox('OptionsIsPrivateKeyExportable', 'Is Private Key Exportable'),
    checkbox('OptionsIsUnusable', 'Is Unusable'),
    longText('CertificateChain', 'Certificate Chain', 32_000),
    text('NamespacePrefix', 'Namespace Prefix', 15),
  ],
})
