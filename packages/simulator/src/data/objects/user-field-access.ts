/** UserFieldAccess (Tooling): what a user may do with a field; here is what describe doesn’t say. One has to name the user. */
import { checkbox, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const userFieldAccess = setupObject({
  name: 'UserFieldAccess',
  label: 'User Field Access',
  labelPlural: 'User Field Access',
  keyPrefix: null,
  storage: 'virtual',
  api: 'both',
  oneBatch: true,
  needsFilter: ['UserId'],
  visibleTo: ['ViewSetup'],
  fields: [
    recordId(),
    text('DurableId', 'Durable ID', 255),
    reference('UserId', 'User ID', 'User', 'User'),
    text('EntityDefinitionId', 'Entity Definition ID', 255, {
      referenceTo: ['EntityDefinition'],
      relationshipName: 'EntityDefinition',
      joinColumn: 'DurableId',
    }),
    text('FieldDefinitionId', 'Field Definition ID', 255),
    checkbox('IsAccessible', 'IsAccessible'),
    checkbox('IsCreatable', 'IsCreatable'),
    checkbox('IsUpdatable', 'IsUpdatable'),
  ],
})
