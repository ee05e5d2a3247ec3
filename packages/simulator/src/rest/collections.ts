/** /composite/sobjects: up to 200 records at once, each with its own outcome, all or each for itself. */
import { ApiError } from '../data/api-error.ts'
import { sobjectOfId } from '../data/catalogue.ts'
import { canonicalId } from '../data/record-id.ts'
import { atomically, createRecord, deleteRecord, updateRecord } from '../data/write.ts'
import type { Answer, Call, JsonObject } from './call.ts'
import { isObject, jsonBody } from './call.ts'
import { recordId, retrieve, saved, upsert } from './records.ts'
import { visibleSObject } from './sobjects.ts'

const mostRecords = 200
const mostRead = 2000

interface Outcome {
  readonly result: JsonObject
  readonly failed: boolean
}

const failure = (error: ApiError): JsonObject => ({
  success: false,
  errors: [{ statusCode: error.errorCode, message: error.message, fields: error.fields ?? [] }],
})

const rolledBack = failure(
  new ApiError(
    400,
    'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    'Record rolled back because not all records were valid and the request was using AllOrNone header',
  ),
)

class RolledBack extends Error {}

/** Does each item; with `allOrNone` one failure undoes them all. */
function each<T>(call: Call, items: readonly T[], allOrNone: boolean, work: (item: T) => JsonObject): Answer {
  if (items.length > mostRecords) {
    throw new ApiError(400, 'EXCEEDED_ID_LIMIT', `The requested number of records exceeds the limit of ${mostRecords}`)
  }
  let outcomes: readonly Outcome[] = []
  const run = (): void => {
    outcomes = items.map((item) => outcomeOf(() => work(item)))
    if (allOrNone && outcomes.some(({ failed }) => failed)) throw new RolledBack()
  }
  try {
    atomically(call.org, run)
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
    return { status: 200, body: outcomes.map(({ result, failed }) => (failed ? result : rolledBack)) }
  }
  return { status: 200, body: outcomes.map(({ result }) => result) }
}

function outcomeOf(work: () => JsonObject): Outcome {
  try {
    return { result: work(), failed: false }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { result: failure(error), failed: true }
  }
}

function recordsOf(body: JsonObject): readonly JsonObject[] {
  const records = body['records']
  if (!Array.isArray(records) || !records.every(isObject)) {
    throw new ApiError(400, 'JSON_PARSER_ERROR', 'The HTTP entity body needs an array of records')
  }
  return records
}

function typeOf(record: JsonObject): string {
  const attributes = record['attributes']
  const type = isObject(attributes) ? attributes['type'] : undefined
  if (typeof type !== 'string')
    throw new ApiError(400, 'INVALID_INPUT', 'Include an attributes object with the type in each record')
  return type
}

export function createMany(call: Call): Answer {
  const body = jsonBody(call)
  return each(call, recordsOf(body), body['allOrNone'] === true, (record) =>
    saved(createRecord(call, visibleSObject(call, typeOf(record)), record)),
  )
}

export function updateMany(call: Call): Answer {
  const body = jsonBody(call)
  return each(call, recordsOf(body), body['allOrNone'] === true, (record) => {
    const sobject = visibleSObject(call, typeOf(record))
    const idName = Object.keys(record).find((name) => name.toLowerCase() === 'id') ?? 'id'
    const { [idName]: sent, ...values } = record
    if (typeof sent !== 'string') throw new ApiError(400, 'MISSING_ARGUMENT', 'Id not specified in an update call')
    const id = recordId(sobject, sent)
    updateRecord(call, sobject, id, values)
    return saved(id)
  })
}

export function upsertMany(call: Call, name: string, key: string): Answer {
  const body = jsonBody(call)
  const sobject = visibleSObject(call, name)
  return each(call, recordsOf(body), body['allOrNone'] === true, (record) => {
    const keyName = Object.keys(record).find((field) => field.toLowerCase() === key.toLowerCase())
    const { [keyName ?? '']: value, ...values } = record
    if (value === undefined || value === null) {
      if (key.toLowerCase() === 'id') return { ...saved(createRecord(call, sobject, values)), created: true }
      throw new ApiError(400, 'MISSING_ARGUMENT', `${key} not specified`)
    }
    const { id, created } = upsert(call, sobject, key, String(value), values)
    return { ...saved(id), created }
  })
}

export function deleteMany(call: Call): Answer {
  const ids = (call.query.get('ids') ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '')
  if (ids.length === 0) throw new ApiError(400, 'MISSING_ARGUMENT', 'The ids parameter is required')
  return each(call, ids, call.query.get('allOrNone') === 'true', (text) => {
    const id = canonicalId(text)
    const sobject = id === undefined ? undefined : sobjectOfId(id)
    if (id === undefined || sobject === undefined) throw new ApiError(400, 'MALFORMED_ID', `malformed id ${text}`)
    deleteRecord(call, visibleSObject(call, sobject.name), id)
    return saved(id)
  })
}

/** Reads records by id; one that isn't there is null in its place. */
export function readMany(call: Call, name: string): Answer {
  const sobject = visibleSObject(call, name)
  const asked =
    call.method === 'POST'
      ? jsonBody(call)
      : {
          ids: (call.query.get('ids') ?? '').split(','),
          fields: (call.query.get('fields') ?? '').split(','),
        }
  const { ids, fields } = asked as { ids?: unknown; fields?: unknown }
  const texts = (value: unknown): readonly string[] =>
    Array.isArray(value)
      ? value
          .map(String)
          .map((text) => text.trim())
          .filter((text) => text !== '')
      : []
  if (texts(ids).length === 0 || texts(fields).length === 0)
    throw new ApiError(400, 'MISSING_ARGUMENT', 'The ids and fields parameters are required')
  if (texts(ids).length > mostRead)
    throw new ApiError(400, 'EXCEEDED_ID_LIMIT', `The requested number of records exceeds the limit of ${mostRead}`)
  const read = (id: string): JsonObject | null => {
    try {
      return retrieve(call, sobject, recordId(sobject, id), texts(fields))
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null
      throw error
    }
  }
  return { status: 200, body: texts(ids).map(read) }
}
