/**
 * Describe as the calling user sees it. Objects and fields without read access are absent; there is no `accessible`,
 * here as on the platform. Create and update flags are what this user may really do.
 */
import type { Access } from '../data/access.ts'
import { catalogue, childrenOf } from '../data/catalogue.ts'
import type { Field } from '../data/field.ts'
import type { SObject } from '../data/sobject.ts'
import { isNumeric } from '../data/values.ts'
import { isOffered } from '../soql/scope.ts'
import type { JsonObject } from './call.ts'

const soapTypes: Readonly<Partial<Record<Field['type'], string>>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  address: 'urn:address',
  base64: 'xsd:base64Binary',
  complexvalue: 'urn:complexvalue',
}

function describeField(access: Access, sobject: SObject, field: Field): JsonObject {
  const object = access.object(sobject)
  const editable = access.canEdit(sobject, field)
  const isText = [
    'string',
    'textarea',
    'picklist',
    'multipicklist',
    'email',
    'phone',
    'url',
    'id',
    'reference',
  ].includes(field.type)
  return {
    aggregatable: field.groupable || isNumeric(field) || field.type === 'datetime',
    aiPredictionField: false,
    autoNumber: field.name === 'CaseNumber',
    byteLength: isText ? field.length * (['id', 'reference'].includes(field.type) ? 1 : 3) : 0,
    calculated: false,
    calculatedFormula: null,
    cascadeDelete: field.cascadeDelete,
    caseSensitive: field.caseSensitive,
    compoundFieldName: field.compoundFieldName,
    controllerName: null,
    createable: field.createable && object.create && editable,
    custom: field.custom,
    dataTranslationEnabled: null,
    defaultValue: field.defaultValue,
    defaultValueFormula: null,
    defaultedOnCreate:
      field.defaultValue !== null || (!field.nillable && !field.createable) || field.name === 'OwnerId',
    dependentPicklist: false,
    deprecatedAndHidden: false,
    digits: field.type === 'int' ? field.precision : 0,
    displayLocationInDecimal: false,
    encrypted: false,
    externalId: field.externalId,
    extraTypeInfo: field.compoundFieldName === 'Name' ? 'personname' : null,
    filterable: field.filterable,
    filteredLookupInfo: null,
    formulaTreatNullNumberAsZero: false,
    groupable: field.groupable,
    highScaleNumber: false,
    htmlFormatted: false,
    idLookup: field.idLookup,
    inlineHelpText: field.helpText,
    label: field.label,
    length: field.length,
    mask: null,
    maskType: null,
    name: field.name,
    nameField: field.nameField,
    namePointing: field.referenceTo.length > 1,
    nillable: field.nillable,
    permissionable: field.permissionable,
    picklistValues: field.picklist.map((value) => ({
      active: true,
      defaultValue: field.defaultValue === value,
      label: value,
      validFor: null,
      value,
    })),
    polymorphicForeignKey: field.referenceTo.length > 1,
    precision: isNumeric(field) && field.type !== 'int' ? field.precision : 0,
    queryByDistance: false,
    referenceTargetField: null,
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
    relationshipOrder: null,
    restrictedDelete: false,
    restrictedPicklist: field.restrictedPicklist,
    scale: field.scale,
    searchPrefilterable: field.type === 'reference',
    soapType: soapTypes[field.type] ?? 'xsd:string',
    sortable: field.sortable,
    type: field.type,
    unique: field.unique,
    updateable: field.updateable && object.edit && editable,
    writeRequiresMasterRead: false,
  }
}

/** What describe global says of each object, and describe repeats. */
export function describeSummary(access: Access, sobject: SObject, prefix: string): JsonObject {
  const object = access.object(sobject)
  const business = sobject.visibleTo === 'object-permissions'
  const url = `${prefix}/sobjects/${sobject.name}`
  return {
    activateable: false,
    associateEntityType: null,
    associateParentEntity: null,
    createable: object.create,
    custom: sobject.custom,
    customSetting: false,
    deepCloneable: false,
    deletable: object.delete,
    deprecatedAndHidden: false,
    feedEnabled: business,
    hasSubtypes: false,
    isInterface: false,
    isSubtype: false,
    keyPrefix: sobject.keyPrefix,
    label: sobject.label,
    labelPlural: sobject.labelPlural,
    layoutable: business,
    mergeable: ['Account', 'Contact', 'Lead', 'Case'].includes(sobject.name) && object.edit,
    mruEnabled: business,
    name: sobject.name,
    queryable: true,
    replicateable: business,
    retrieveable: true,
    searchable: sobject.searchable,
    triggerable: business,
    undeletable: business && object.delete,
    updateable: object.edit,
    urls: {
      rowTemplate: `${url}/{ID}`,
      describe: `${url}/describe`,
      sobject: url,
      ...(business ? { layouts: `${url}/describe/layouts` } : {}),
    },
  }
}

export function describeSObject(access: Access, sobject: SObject, prefix: string): JsonObject {
  const children = childrenOf(sobject).filter(
    ({ child, field }) => access.object(child).read && access.canRead(child, field),
  )
  return {
    actionOverrides: [],
    childRelationships: children.map(({ child, field }) => ({
      cascadeDelete: field.cascadeDelete,
      childSObject: child.name,
      deprecatedAndHidden: false,
      field: field.name,
      junctionIdListNames: [],
      junctionReferenceTo: [],
      relationshipName: field.childRelationshipName,
      restrictedDelete: false,
    })),
    compactLayoutable: sobject.visibleTo === 'object-permissions',
    defaultImplementation: null,
    extendedBy: null,
    extendsInterfaces: null,
    fields: sobject.fields
      .filter((field) => isOffered(field, prefix.endsWith('/tooling')) && access.canRead(sobject, field))
      .map((field) => describeField(access, sobject, field)),
    implementedBy: null,
    implementsInterfaces: null,
    listviewable: null,
    lookupLayoutable: null,
    namedLayoutInfos: [],
    networkScopeFieldName: null,
    recordTypeInfos: [],
    searchLayoutable: sobject.searchable,
    sobjectDescribeOption: 'FULL',
    supportedScopes: [{ label: `All ${sobject.labelPlural}`, name: 'everything' }],
    ...describeSummary(access, sobject, prefix),
  }
}

export function visibleSObjects(access: Access, tooling: boolean): readonly SObject[] {
  return catalogue
    .filter((sobject) => sobject.api !== (tooling ? 'rest' : 'tooling') && access.object(sobject).read)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
