/** The record resources: create, read, change, delete, by id or by external id. */
import { ApiError, notFound } from '../data/api-error.ts'
import { fieldNamed } from '../data/catalogue.ts'
import type { Field } from '../data/field.ts'
import { canonicalId } from '../data/record-id.ts'
import type { SObject } from '../data/sobject.ts'
import { createRecord, deleteRecord, idsByField, rowOf, updateRecord } from '../data/write.ts'
import { runQuery } from '../soql/query.ts'
import { isOffered } from '../soql/scope.ts'
import type { Answer, Call, JsonObject } from './call.ts'
import { isTooling, jsonBody, prefixOf } from './call.ts'
import { queryContext } from './query.ts'
import { visibleSObject } from './sobjects.ts'

export const saved = (id: string): JsonObject => ({ id, success: true, errors: [] })

export function create(call: Call, name: string): Answer {
  const sobject = visibleSObject(call, name)
  const id = createRecord(call, sobject, jsonBody(call))
  return { status: 201, headers: { Location: `${prefixOf(call)}/sobjects/${sobject.name}/${id}` }, body: saved(id) }
}

const unknownKey = (key: string): ApiError =>
  notFound(`Provided external ID field does not exist or is not accessible: ${key}`)

/** An id in either form that belongs to this object. */
export function recordId(sobject: SObject, text: string): string {
  const id = canonicalId(text)
  if (id === undefined || id.slice(0, 3) !== sobject.keyPrefix) throw unknownKey(text)
  return id
}

function externalKey(call: Call, sobject: SObject, fieldName: string): Field {
  const field = fieldNamed(sobject, fieldName)
  if (field === undefined || !call.access.canRead(sobject, field) || !(field.externalId || field.idLookup))
    throw unknownKey(fieldName)
  return field
}

/** The one record with this key; several are the caller's problem, and the platform says so with 300. */
function idByKey(call: Call, sobject: SObject, field: Field, value: string): string | undefined {
  if (field.type === 'id') {
    const id = recordId(sobject, value)
    return rowOf(call.org, sobject, id) === undefined ? undefined : id
  }
  const ids = idsByField(call.org, sobject, field, value)
  if (ids.length > 1)
    throw new ApiError(300, 'MULTIPLE_CHOICES', `External ID ${field.name} matches more than one record`)
  return ids[0]
}

/** Reads through SOQL, so that what a caller may see is decided in one place. */
export function retrieve(call: Call, sobject: SObject, id: string, fields: readonly string[] | null): JsonObject {
  const row = rowOf(call.org, sobject, id)
  if (row === undefined) throw notFound()
  if (row['IsDeleted'] === 1) throw new ApiError(404, 'ENTITY_IS_DELETED', 'entity is deleted')
  const wrong = fields?.find((field) => !/^\w+(\.\w+)*$/.test(field))
  if (wrong !== undefined)
    throw new ApiError(400, 'INVALID_FIELD', `No such column '${wrong}' on entity '${sobject.name}'`)
  const names =
    fields ??
    sobject.fields
      .filter((field) => isOffered(field, isTooling(call)) && call.access.canRead(sobject, field))
      .map((field) => field.name)
  const soql = `SELECT ${names.join(', ')} FROM ${sobject.name} WHERE Id = '${id}'`
  const [record] = runQuery(queryContext(call, soql, false), 1).records
  if (record === undefined) throw notFound()
  return record
}

const wantedFields = (call: Call): readonly string[] | null => {
  const asked = call.query.get('fields')
  return asked === null
    ? null
    : asked
        .split(',')
        .map((field) => field.trim())
        .filter((field) => field !== '')
}

export function readById(call: Call, name: string, id: string): Answer {
  const sobject = visibleSObject(call, name)
  return { status: 200, body: retrieve(call, sobject, recordId(sobject, id), wantedFields(call)) }
}

export function updateById(call: Call, name: string, id: string): Answer {
  const sobject = visibleSObject(call, name)
  updateRecord(call, sobject, recordId(sobject, id), jsonBody(call))
  return { status: 204 }
}

export function deleteById(call: Call, name: string, id: string): Answer {
  const sobject = visibleSObject(call, name)
  deleteRecord(call, sobject, recordId(sobject, id))
  return { status: 204 }
}

export function readByKey(call: Call, name: string, key: string, value: string): Answer {
  const sobject = visibleSObject(call, name)
  const id = idByKey(call, sobject, externalKey(call, sobject, key), value)
  if (id === undefined) throw notFound()
  return { status: 200, body: retrieve(call, sobject, id, wantedFields(call)) }
}

export function deleteByKey(call: Call, name: string, key: string, value: string): Answer {
  const sobject = visibleSObject(call, name)
  const id = idByKey(call, sobject, externalKey(call, sobject, key), value)
  if (id === undefined) throw notFound()
  deleteRecord(call, sobject, id)
  return { status: 204 }
}

/** Changes the record with this key, or creates it; says which. */
export function upsert(
  call: Call,
  sobject: SObject,
  key: string,
  value: string,
  values: JsonObject,
): { id: string; created: boolean } {
  const field = externalKey(call, sobject, key)
  if (Object.keys(values).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
    throw new ApiError(400, 'INVALID_FIELD', `The ${field.name} field should not be specified in the sobject data.`)
  }
  const id = idByKey(call, sobject, field, value)
  if (id !== undefined) {
    updateRecord(call, sobject, id, values)
    return { id, created: false }
  }
  if (field.type === 'id') throw notFound()
  return { id: createRecord(call, sobject, { ...values, [field.name]: value }), created: true }
}

export function upsertByKey(call: Call, name: string, key: string, value: string): Answer {
  const { id, created } = upsert(call, visibleSObject(call, name), key, value, jsonBody(call))
  return { status: created ? 201 : 200, body: { ...saved(id), created } }
}
