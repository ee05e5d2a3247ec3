/** The SELECT list of a plain query: columns to fetch, and how their values become a nested record. */
import type {
  FieldFunctionExpression,
  FieldType as SelectItem,
  QueryBase,
  Subquery,
} from '@jetstreamapp/soql-parser-js'
import { childrenOf } from '../data/catalogue.ts'
import type { Field } from '../data/field.ts'
import type { SObject } from '../data/sobject.ts'
import type { SqlValue } from '../data/values.ts'
import { isAggregate } from './functions.ts'
import { invalidField, malformed } from './refusal.ts'
import { isOffered } from './scope.ts'
import type { QueryContext } from './query-context.ts'
import type { Column, Scope, Target } from './scope.ts'

type Entry =
  | { readonly kind: 'value'; readonly index: number; readonly field: Field }
  | { readonly kind: 'derived'; readonly field: Field }
  | { readonly kind: 'address'; readonly parts: readonly (readonly [name: string, index: number])[] }
  | { readonly kind: 'parent'; readonly record: RecordShape }
  | { readonly kind: 'children'; readonly subquery: Subquery }

export interface RecordShape {
  readonly sobject: SObject | null
  readonly idIndex: number
  readonly typeIndex: number | null
  readonly entries: Map<string, Entry>
}

export interface Selection {
  readonly columns: readonly string[]
  readonly shape: RecordShape
}

export type JsonRecord = Record<string, unknown>

const mostRowsOfAllFields = 200

export function compileSelection(context: QueryContext, scope: Scope, query: QueryBase): Selection {
  const columns: string[] = []
  const indexOf = (sql: string): number => {
    const known = columns.indexOf(sql)
    return known >= 0 ? known : columns.push(sql) - 1
  }
  const root: RecordShape = {
    sobject: scope.sobject,
    idIndex: indexOf(`${scope.alias}."Id"`),
    typeIndex: null,
    entries: new Map(),
  }

  const shapeOf = (relationships: readonly string[], path: string): RecordShape => {
    let shape = root
    for (let depth = 1; depth <= relationships.length; depth++) {
      const target: Target = scope.target(relationships.slice(0, depth), path)
      const known = shape.entries.get(target.relationshipName)
      if (known !== undefined && known.kind !== 'parent') throw malformed(`duplicate field selected: ${path}`)
      const next: RecordShape = known?.record ?? {
        sobject: target.sobject,
        idIndex: indexOf(target.idSql),
        typeIndex: target.typeSql === null ? null : indexOf(target.typeSql),
        entries: new Map(),
      }
      if (known === undefined) shape.entries.set(target.relationshipName, { kind: 'parent', record: next })
      shape = next
    }
    return shape
  }

  const addColumn = (
    shape: RecordShape,
    column: Column,
    path: string,
    siblings: (name: string) => Column | undefined,
  ): void => {
    const { field } = column
    if (shape.entries.has(field.name)) throw malformed(`duplicate field selected: ${path}`)
    if (field.type === 'base64' || field.type === 'complexvalue') {
      shape.entries.set(field.name, { kind: 'derived', field })
      return
    }
    if (field.type !== 'address') {
      shape.entries.set(field.name, { kind: 'value', index: indexOf(column.sql), field })
      return
    }
    const prefix = field.name.replace(/Address$/, '')
    const parts = ['City', 'Country', 'PostalCode', 'State', 'Street'].flatMap((part) => {
      const sibling = siblings(prefix + part)
      return sibling === undefined
        ? []
        : [[part.charAt(0).toLowerCase() + part.slice(1), indexOf(sibling.sql)] as const]
    })
    shape.entries.set(field.name, { kind: 'address', parts })
  }

  const addPath = (path: string): void => {
    const segments = scope.segments(path)
    const relationships = segments.slice(0, -1)
    const target = relationships.length === 0 ? null : scope.target(relationships, path)
    const shape = shapeOf(relationships, path)
    addColumn(shape, scope.column(target, segments.at(-1) ?? '', path), path, (name) =>
      scope.column(target, name, path),
    )
  }

  const addChildren = (subquery: Subquery): void => {
    const written = subquery.relationshipName
    const declared = childrenOf(scope.sobject).find(
      ({ field }) => field.childRelationshipName?.toLowerCase() === written.toLowerCase(),
    )
    const name = declared?.field.childRelationshipName ?? written
    if (root.entries.has(name)) throw malformed(`duplicate field selected: ${written}`)
    root.entries.set(name, { kind: 'children', subquery })
  }

  for (const item of query.fields ?? []) {
    switch (item.type) {
      case 'Field':
      case 'FieldRelationship':
        refuseAlias(item)
        addPath(pathOf(item))
        break
      case 'FieldFunctionExpression':
        for (const name of fieldsFunction(context, scope, item, query)) addPath(name)
        break
      case 'FieldSubquery':
        addChildren(item.subquery)
        break
      case 'FieldTypeof':
        throw malformed('TYPEOF is not supported by this simulator')
    }
  }
  return { columns, shape: root }
}

type PathItem = Extract<SelectItem, { type: 'Field' | 'FieldRelationship' }>

/** The path of a selected field as it was written. */
export function pathOf(item: PathItem): string {
  const prefix = 'objectPrefix' in item && item.objectPrefix !== '' ? `${item.objectPrefix}.` : ''
  return item.type === 'Field' ? prefix + item.field : `${prefix}${item.relationships.join('.')}.${item.field}`
}

function refuseAlias(item: PathItem): void {
  if ('alias' in item && item.alias !== undefined) throw malformed('only aggregate expressions use field aliasing')
}

function fieldsFunction(
  context: QueryContext,
  scope: Scope,
  item: FieldFunctionExpression,
  query: QueryBase,
): readonly string[] {
  const name = item.functionName.toUpperCase()
  if (isAggregate(item)) throw malformed('Field must be grouped or aggregated')
  if (name !== 'FIELDS') throw malformed(`${item.rawValue ?? name}: function ${name} is not supported`)
  const which = String(item.parameters[0]).toUpperCase()
  if (which !== 'ALL' && which !== 'STANDARD' && which !== 'CUSTOM') throw malformed(`unexpected token: '${which}'`)
  if (which !== 'STANDARD' && (query.limit === undefined || query.limit > mostRowsOfAllFields)) {
    throw malformed(`The SOQL FIELDS function must have a LIMIT of at most ${mostRowsOfAllFields}`)
  }
  const chosen = scope.sobject.fields.filter(
    (field) =>
      isOffered(field, context.tooling) &&
      context.access.canRead(scope.sobject, field) &&
      (which === 'ALL' || field.custom === (which === 'CUSTOM')),
  )
  if (chosen.length === 0)
    throw invalidField(context.soql, 'FIELDS', `The SOQL FIELDS function found no field on ${scope.sobject.name}`)
  return chosen.map((field) => field.name)
}

export function jsonValue(field: Field, value: SqlValue | undefined): unknown {
  if (value === undefined || value === null) return field.type === 'boolean' ? false : null
  return field.type === 'boolean' ? value === 1 : value
}

/** What is assembled for a record when it is shown. */
function derived(context: QueryContext, field: Field, type: string, id: SqlValue | undefined): unknown {
  if (typeof id !== 'string') return null
  if (field.type === 'base64') return `${context.urlPrefix}/sobjects/${type}/${id}/${field.name}`
  const version = Number(/\/v(\d+\.\d)/.exec(context.urlPrefix)?.[1] ?? 66)
  return context.org.metadataOf?.(type, id, { userId: context.access.userId, version, wanted: new Map() }) ?? null
}

/** Fields that the Tooling API shows of one row at a time only. */
export const needsSingleRow = ({ entries }: RecordShape): boolean =>
  [...entries.values()].some((entry) => entry.kind === 'derived' && entry.field.type === 'complexvalue')

/** One fetched row as a record; `children` answers subqueries for the record with this id. */
export function toRecord(
  context: QueryContext,
  shape: RecordShape,
  row: readonly SqlValue[],
  children: (subquery: Subquery, parentId: string) => unknown,
): JsonRecord {
  const id = row[shape.idIndex]
  const type = shape.sobject?.name ?? String(shape.typeIndex === null ? 'Name' : row[shape.typeIndex])
  const attributes: JsonRecord = { type }
  if (typeof id === 'string') attributes['url'] = `${context.urlPrefix}/sobjects/${type}/${id}`
  const record: JsonRecord = { attributes }
  for (const [name, entry] of shape.entries) {
    switch (entry.kind) {
      case 'value':
        record[name] = jsonValue(entry.field, row[entry.index])
        break
      case 'derived':
        record[name] = derived(context, entry.field, type, id)
        break
      case 'address':
        record[name] = entry.parts.every(([, index]) => row[index] === null)
          ? null
          : {
              ...Object.fromEntries(entry.parts.map(([part, index]) => [part, row[index]])),
              geocodeAccuracy: null,
              latitude: null,
              longitude: null,
            }
        break
      case 'parent':
        record[name] = row[entry.record.idIndex] === null ? null : toRecord(context, entry.record, row, children)
        break
      case 'children':
        record[name] = typeof id === 'string' ? children(entry.subquery, id) : null
    }
  }
  return record
}
