/** UserEntityAccess (Tooling): what a user may do with an object; here is what describe doesn’t say. One has to name the user. */
import { checkbox, recordId, reference, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const userEntityAccess = setupObject({
  name: 'UserEntityAccess',
  label: 'User Entity Access',
  labelPlural: 'User Entity Access',
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

    checkbox('IsReadable', 'IsReadable'),
    checkbox('IsCreatable', 'IsCreatable'),
    checkbox('IsEditable', 'IsEditable'),
    checkbox('IsDeletable', 'IsDeletable'),
  ],
})
