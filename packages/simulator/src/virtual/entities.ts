/** Objects and fields as rows: EntityDefinition and EntityParticle, as the caller sees them. */
import { accessOf } from '../data/access.ts'
import { catalogue, sobjectNamed } from '../data/catalogue.ts'
import type { Field } from '../data/field.ts'
import type { SObject } from '../data/sobject.ts'
import type { VirtualAsk, VirtualRow } from '../route.ts'
import type { Org } from '../state/org.ts'

const definition = (sobject: SObject): VirtualRow => ({
  DurableId: sobject.name,
  QualifiedApiName: sobject.name,
  DeveloperName: sobject.name.replace(/__c$/, ''),
  Label: sobject.label,
  PluralLabel: sobject.labelPlural,
  KeyPrefix: sobject.keyPrefix,
  IsQueryable: true,
  IsCustomizable: sobject.visibleTo === 'object-permissions',
})

export function entityDefinitions(org: Org, ask: VirtualAsk): readonly VirtualRow[] {
  const access = accessOf(org, ask.userId)
  return catalogue.filter((sobject) => access.object(sobject).read).map(definition)
}

const particle = (sobject: SObject, field: Field): VirtualRow => ({
  DurableId: `${sobject.name}.${field.name}`,
  EntityDefinitionId: sobject.name,
  QualifiedApiName: field.name,
  DeveloperName: field.name.replace(/__c$/, ''),
  Label: field.label,
  DataType: field.type,
  Length: field.length,
  IsPermissionable: field.permissionable,
  IsApiFilterable: field.filterable,
  IsApiSortable: field.sortable,
  IsApiGroupable: field.groupable,
  IsCreatable: field.createable,
  IsUpdatable: field.updateable,
  IsNillable: field.nillable,
})

/** Entities by any of the names that a query may use for them. */
export function wantedEntities({ wanted }: VirtualAsk): readonly SObject[] {
  const names = ['entitydefinitionid', 'entitydefinition.qualifiedapiname', 'durableid', 'fielddefinitionid'].flatMap(
    (path) => wanted.get(path) ?? [],
  )
  return [...new Set(names.flatMap((name) => sobjectNamed(name.split('.')[0] ?? '') ?? []))]
}

export function entityParticles(org: Org, ask: VirtualAsk): readonly VirtualRow[] {
  const access = accessOf(org, ask.userId)
  return wantedEntities(ask)
    .filter((sobject) => access.object(sobject).read)
    .flatMap((sobject) =>
      sobject.fields.filter((field) => access.canRead(sobject, field)).map((field) => particle(sobject, field)),
    )
}
