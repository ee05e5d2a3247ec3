/** EntityDefinition (Tooling): the objects this caller sees. Its rows can’t be continued with queryMore. */
import { checkbox, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const entityDefinition = setupObject({
  name: 'EntityDefinition',
  label: 'Entity Definition',
  keyPrefix: null,
  storage: 'virtual',
  api: 'both',
  oneBatch: true,
  fields: [
    recordId(),
    text('DurableId', 'Durable ID', 255),
    text('QualifiedApiName', 'Qualified API Name', 70, { nameField: true }),
    text('DeveloperName', 'Developer Name', 40),
    text('Label', 'Label', 80),
    text('PluralLabel', 'Plural Label', 80),
    text('KeyPrefix', 'Key Prefix', 3, { caseSensitive: true }),
    text('NamespacePrefix', 'Namespace Prefix', 15),
    checkbox('IsQueryable', 'Is Queryable'),
    checkbox('IsCustomizable', 'Is Customizable'),
  ],
})
