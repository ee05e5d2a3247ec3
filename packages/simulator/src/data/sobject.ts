/**
 * What a sobject is: its fields, who may see it, and where the platform restricts queries on it. One declaration
 * feeds the table, describe, SOQL and the record resources, so that they can't disagree.
 */
import type { Field } from './field.ts'

export interface SObject {
  readonly name: string
  readonly label: string
  readonly labelPlural: string
  readonly keyPrefix: string | null
  readonly fields: readonly Field[]
  readonly custom: boolean
  readonly createable: boolean
  readonly updateable: boolean
  readonly deletable: boolean
  readonly searchable: boolean
  /**
   * 'object-permissions': rows of ObjectPermissions decide. Otherwise any one of these user permissions lets the
   * caller see the object; an empty list lets everybody.
   */
  readonly visibleTo: 'object-permissions' | readonly string[]
  /** Any one of these user permissions lets the caller write it, where it can be written at all. */
  readonly writableWith: readonly string[]
  /** Callers without any of `unless` see only the rows whose column holds their own id (or `value`). */
  readonly ownRows: { readonly column: string; readonly unless: readonly string[]; readonly value?: 'profile' } | null
  /** Rows older than this many days can't be queried any more. */
  readonly horizon: { readonly column: string; readonly days: number } | null
  /** Objects the platform pages in small steps and cuts off after a while. */
  readonly paging: { readonly page: number; readonly cap: number } | null
  /** 'count-only': COUNT() works, COUNT(Id) and GROUP BY don't. */
  readonly aggregates: 'all' | 'count-only'
  /**
   * 'identity': a view that the identity side makes over its own tables. 'virtual': no rows are kept; they are made for
   * each query, and may all have the same id.
   */
  readonly storage: 'table' | 'identity' | 'virtual'
  /** The column that tells rows apart, where the id doesn't. */
  readonly rowKey: string
  /** Indexes over several columns, besides those that each field has of its own. */
  readonly indexes: readonly (readonly string[])[]
  /** More than one batch is refused, instead of being continued with queryMore. */
  readonly oneBatch: boolean
  /** A query has to compare one of these with values; an empty list: it needn't. */
  readonly needsFilter: readonly string[]
  readonly api: 'rest' | 'both' | 'tooling'
}

type Declared = Pick<SObject, 'name' | 'label' | 'keyPrefix' | 'fields'> & Partial<SObject>

/** A business object: everybody's access to it is a matter of profiles and permission sets. */
export function businessObject(declared: Declared): SObject {
  return {
    labelPlural: `${declared.label}s`,
    custom: declared.name.endsWith('__c'),
    createable: true,
    updateable: true,
    deletable: true,
    searchable: true,
    visibleTo: 'object-permissions',
    writableWith: [],
    ownRows: null,
    horizon: null,
    paging: null,
    aggregates: 'all',
    storage: 'table',
    rowKey: declared.storage === 'virtual' ? 'rowid' : 'Id',
    indexes: [],
    oneBatch: false,
    needsFilter: [],
    api: 'rest',
    ...declared,
  }
}

/** An object of the setup: read-only and without field-level security unless the declaration says otherwise. */
export function setupObject(declared: Declared): SObject {
  const writable = declared.createable === true || declared.updateable === true
  return {
    ...businessObject({
      createable: false,
      updateable: false,
      deletable: false,
      searchable: false,
      visibleTo: [],
      ...declared,
    }),
    fields: declared.fields.map((field) => ({
      ...field,
      permissionable: false,
      createable: field.createable && declared.createable === true,
      updateable: field.updateable && writable && declared.updateable === true,
    })),
  }
}

export function hasField(sobject: SObject, name: string): boolean {
  return sobject.fields.some((field) => field.name === name)
}
