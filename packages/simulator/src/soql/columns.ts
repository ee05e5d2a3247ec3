/**
 * `/query?q=…&columns=true`: what the columns of a query are, instead of its rows.
 *
 * The platform documents none of it. The shape follows what its own CLI reads and has in its tests (plugin-data): a
 * parent is a column with its fields in `joinColumns`, a subquery the same with `aggregate` set, an aggregate function
 * a column without an Apex type. Apex types of numbers and that COUNT() has no columns are guesses.
 */
import type { Field } from '../data/field.ts'
import type { SObject } from '../data/sobject.ts'
import { isNumeric } from '../data/values.ts'
import { aggregateColumns, isAggregateQuery } from './aggregate.ts'
import { compile, mostPerBatch, onlyCounts, openQuery } from './query.ts'
import type { Compiled } from './query.ts'
import type { QueryContext } from './query-context.ts'
import type { RecordShape } from './select.ts'

interface ColumnMetadata {
  readonly aggregate: boolean
  readonly apexType: string | null
  readonly booleanType: boolean
  readonly columnName: string
  readonly custom: boolean
  readonly displayName: string
  readonly foreignKeyName: string | null
  readonly insertable: boolean
  readonly joinColumns: readonly ColumnMetadata[]
  readonly numberType: boolean
  readonly textType: boolean
  readonly updatable: boolean
}

interface QueryColumns {
  readonly columnMetadata: readonly ColumnMetadata[]
  readonly entityName: string
  readonly groupBy: boolean
  readonly idSelected: boolean
  readonly keyPrefix: string | null
}

const apexTypes: Readonly<Partial<Record<Field['type'], string>>> = {
  id: 'Id',
  reference: 'Id',
  boolean: 'Boolean',
  int: 'Integer',
  double: 'Double',
  currency: 'Double',
  percent: 'Double',
  date: 'Date',
  datetime: 'Datetime',
  address: 'Address',
}

const without = (columnName: string): ColumnMetadata => ({
  aggregate: false,
  apexType: null,
  booleanType: false,
  columnName,
  custom: false,
  displayName: columnName,
  foreignKeyName: null,
  insertable: false,
  joinColumns: [],
  numberType: false,
  textType: false,
  updatable: false,
})

const ofField = ({ access }: QueryContext, sobject: SObject | null, field: Field): ColumnMetadata => {
  const apexType = apexTypes[field.type] ?? 'String'
  const editable = sobject !== null && access.canEdit(sobject, field)
  return {
    ...without(field.name),
    apexType,
    booleanType: apexType === 'Boolean',
    custom: field.custom,
    insertable: editable && field.createable && access.object(sobject).create,
    numberType: isNumeric(field),
    textType: apexType === 'String',
    updatable: editable && field.updateable && access.object(sobject).edit,
  }
}

function ofShape(context: QueryContext, shape: RecordShape, compiled: Compiled | null): readonly ColumnMetadata[] {
  return [...shape.entries].map(([name, entry]) => {
    if (entry.kind === 'value') return ofField(context, shape.sobject, entry.field)
    if (entry.kind === 'derived') return ofField(context, shape.sobject, entry.field)
    if (entry.kind === 'address') return { ...without(name), apexType: apexTypes.address ?? null }
    if (entry.kind === 'parent') {
      const link = shape.sobject?.fields.find(({ relationshipName }) => relationshipName === name)
      return {
        ...without(name),
        custom: link?.custom ?? false,
        foreignKeyName: link?.name ?? null,
        joinColumns: ofShape(context, entry.record, null),
      }
    }
    const children = compiled?.subqueries.get(entry.subquery)
    const joinColumns = children === undefined ? [] : ofShape(context, children.selection.shape, children)
    return { ...without(name), aggregate: true, joinColumns }
  })
}

export function queryColumns(context: QueryContext): QueryColumns {
  const { query, scope } = openQuery(context)
  const { name, keyPrefix } = scope.sobject
  const answer = (columnMetadata: readonly ColumnMetadata[]): QueryColumns => ({
    columnMetadata,
    entityName: name,
    groupBy: query.groupBy !== undefined,
    idSelected: columnMetadata.some(({ columnName }) => columnName === 'Id'),
    keyPrefix,
  })
  if (onlyCounts(query)) return answer([])
  if (!isAggregateQuery(query)) {
    const compiled = compile(context, scope, query, mostPerBatch)
    return answer(ofShape(context, compiled.selection.shape, compiled))
  }
  return answer(
    aggregateColumns(context, scope, query).map(({ name: columnName, shown, field }) =>
      shown === null
        ? { ...ofField(context, scope.sobject, field), columnName }
        : { ...without(columnName), aggregate: true, displayName: shown, numberType: isNumeric(field) },
    ),
  )
}
