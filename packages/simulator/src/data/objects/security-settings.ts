/** SecuritySettings (Tooling): the whole of the settings in its one row’s Metadata. */
import { complexValue, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const securitySettings = setupObject({
  name: 'SecuritySettings',
  label: 'Security Settings',
  labelPlural: 'Security Settings',
  keyPrefix: null,
  storage: 'virtual',
  api: 'tooling',
  visibleTo: ['ViewSetup'],
  fields: [
    recordId(),
    text('DurableId', 'Durable ID', 255),
    text('FullName', 'Full Name', 255),
    complexValue('Metadata', 'Metadata'),
  ],
})
