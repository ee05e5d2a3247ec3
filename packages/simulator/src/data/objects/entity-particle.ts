/** EntityParticle: every field of the entities one names; without naming any the platform refuses. */
import { checkbox, integer, recordId, text } from '../field.ts'
import { setupObject } from '../sobject.ts'

export const entityParticle = setupObject({
  name: 'EntityParticle',
  label: 'Entity Particle',
  keyPrefix: null,
  storage: 'virtual',
  api: 'both',
  oneBatch: true,
  needsFilter: ['EntityDefinitionId', 'EntityDefinition.QualifiedApiName', 'DurableId'],
  fields: [
    recordId(),
    text('DurableId', 'Durable ID', 255),
    text('EntityDefinitionId', 'Entity Definition ID', 255, {
      referenceTo: ['EntityDefinition'],
      relationshipName: 'EntityDefinition',
      joinColumn: 'DurableId',
    }),
    text('QualifiedApiName', 'Qualified API Name', 70, { nameField: true }),
    text('DeveloperName', 'Developer Name', 40),
    text('Label', 'Label', 80),
    text('DataType', 'Data Type', 40),
    integer('Length', 'Length'),
    checkbox('IsPermissionable', 'Is Permissionable'),
    checkbox('IsApiFilterable', 'Is API Filterable'),
    checkbox('IsApiSortable', 'Is API Sortable'),
    checkbox('IsApiGroupable', 'Is API Groupable'),
    checkbox('IsCreatable', 'Is Creatable'),
    checkbox('IsUpdatable', 'Is Updatable'),
    checkbox('IsNillable', 'Is Nillable'),
  ],
})
