/** Several calls in one: /composite with references between them, /composite/batch without, /composite/tree. */
import { ApiError } from '../data/api-error.ts'
import { childrenOf } from '../data/catalogue.ts'
import type { SObject } from '../data/sobject.ts'
import { atomically, createRecord } from '../data/write.ts'
import type { Answer, Call, JsonObject } from './call.ts'
import { isObject, jsonBody, resourceOf } from './call.ts'
import { visibleSObject } from './sobjects.ts'
import { judgeVersion } from './versions.ts'

const mostSubrequests = 25
const mostInTree = 200

/** A subrequest's URL as a call of its own; only the REST API can be called from inside. */
function inner(call: Call, method: unknown, url: unknown, body: unknown): Call {
  const match = /^(?:\/services\/data\/)?\/?v([\d.]+)(\/[^?]*)?(?:\?(.*))?$/s.exec(typeof url === 'string' ? url : '')
  if (match?.[1] === undefined || typeof method !== 'string' || judgeVersion(match[1]) !== 'spoken') {
    throw new ApiError(
      400,
      'INVALID_INPUT',
      `Subrequest has an invalid method or url: ${String(method)} ${String(url)}`,
    )
  }
  return {
    ...call,
    method: method.toUpperCase(),
    version: match[1],
    resource: resourceOf(match[2] ?? ''),
    query: new URLSearchParams(match[3] ?? ''),
    body: body === undefined ? '' : JSON.stringify(body),
  }
}

function subrequests(body: JsonObject, name: string): readonly JsonObject[] {
  const list = body[name]
  if (!Array.isArray(list) || list.length === 0 || !list.every(isObject))
    throw new ApiError(400, 'INVALID_INPUT', `${name} needs at least one subrequest`)
  if (list.length > mostSubrequests)
    throw new ApiError(400, 'LIMIT_EXCEEDED', `The limit of ${mostSubrequests} subrequests is exceeded`)
  return list
}

export function batch(call: Call): Answer {
  const body = jsonBody(call)
  let halted = false
  const results = subrequests(body, 'batchRequests').map((request) => {
    if (halted) {
      return {
        statusCode: 412,
        result: [
          {
            errorCode: 'BATCH_PROCESSING_HALTED',
            message: 'Batch processing halted per request. Halting on the first error',
          },
        ],
      }
    }
    const answer = call.dispatch(inner(call, request['method'], request['url'], request['richInput']))
    halted = body['haltOnError'] === true && answer.status >= 400
    return { statusCode: answer.status, result: answer.body ?? null }
  })
  return { status: 200, body: { hasErrors: results.some(({ statusCode }) => statusCode >= 400), results } }
}

/** `@{ref.path[0].to}` in texts, keys excepted, by what earlier subrequests answered. */
function resolved(value: unknown, results: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') {
    return value.replace(/@\{([^}]+)\}/g, (_, path: string) => {
      const [reference = '', ...steps] = path.split(/[.[\]]+/).filter((step) => step !== '')
      let found: unknown = results.get(reference)
      for (const step of steps) found = (found as Record<string, unknown> | null | undefined)?.[step]
      if (found === undefined || found === null || typeof found === 'object') {
        throw new ApiError(
          400,
          'PROCESSING_HALTED',
          `Invalid reference specified. No value for ${path} found in ${reference}`,
        )
      }
      return String(found as string | number | boolean)
    })
  }
  if (Array.isArray(value)) return value.map((item) => resolved(item, results))
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, results)]))
  return value
}

class RolledBack extends Error {}

export function composite(call: Call): Answer {
  const body = jsonBody(call)
  const requests = subrequests(body, 'compositeRequest')
  const references = requests.map((request) => request['referenceId'])
  if (!references.every((each) => typeof each === 'string') || new Set(references).size !== references.length) {
    throw new ApiError(400, 'INVALID_INPUT', 'Every subrequest needs a referenceId of its own')
  }
  const responses: { body: unknown; httpHeaders: unknown; httpStatusCode: number; referenceId: unknown }[] = []
  const halt = (message: string): void => {
    const halted = [{ errorCode: 'PROCESSING_HALTED', message }]
    responses.splice(
      0,
      responses.length,
      ...requests.map((request, index) => {
        const was = responses[index]
        return was !== undefined && was.httpStatusCode >= 400
          ? was
          : { body: halted, httpHeaders: {}, httpStatusCode: 400, referenceId: request['referenceId'] }
      }),
    )
  }
  const run = (): void => {
    const results = new Map<string, unknown>()
    for (const request of requests) {
      const answer = answerTo(call, request, results)
      responses.push({
        body: answer.body ?? null,
        httpHeaders: answer.headers ?? {},
        httpStatusCode: answer.status,
        referenceId: request['referenceId'],
      })
      results.set(String(request['referenceId']), answer.status < 400 ? answer.body : undefined)
      if (answer.status >= 400 && body['allOrNone'] === true) throw new RolledBack()
    }
  }
  try {
    atomically(call.org, run)
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
    halt('The transaction was rolled back since another operation in the same transaction failed.')
  }
  return { status: 200, body: { compositeResponse: responses } }
}

function answerTo(call: Call, request: JsonObject, results: ReadonlyMap<string, unknown>): Answer {
  try {
    return call.dispatch(
      inner(call, request['method'], resolved(request['url'], results), resolved(request['body'], results)),
    )
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: error.status, body: [{ errorCode: error.errorCode, message: error.message }] }
  }
}

interface TreeResult {
  readonly referenceId: string
  readonly id: string
}

/** Records with their children, created together or not at all. */
export function tree(call: Call, name: string): Answer {
  const sobject = visibleSObject(call, name)
  const { records } = jsonBody(call)
  if (!Array.isArray(records) || !records.every(isObject))
    throw new ApiError(400, 'INVALID_INPUT', 'The HTTP entity body needs an array of records')
  const results: TreeResult[] = []
  try {
    atomically(call.org, () => {
      for (const record of records) plant(call, sobject, record, {}, results)
    })
  } catch (error) {
    if (!(error instanceof TreeRefusal)) throw error
    const { reason, referenceId } = error
    return {
      status: 400,
      body: {
        hasErrors: true,
        results: [
          {
            referenceId,
            errors: [{ statusCode: reason.errorCode, message: reason.message, fields: reason.fields ?? [] }],
          },
        ],
      },
    }
  }
  return { status: 201, body: { hasErrors: false, results } }
}

class TreeRefusal extends Error {
  readonly referenceId: string
  readonly reason: ApiError

  constructor(referenceId: string, reason: ApiError) {
    super(reason.message)
    this.referenceId = referenceId
    this.reason = reason
  }
}

function plant(call: Call, sobject: SObject, record: JsonObject, parent: JsonObject, results: TreeResult[]): void {
  const attributes = record['attributes']
  const referenceId = isObject(attributes) ? String(attributes['referenceId'] ?? '') : ''
  if (results.length >= mostInTree)
    throw new TreeRefusal(
      referenceId,
      new ApiError(400, 'LIMIT_EXCEEDED', `The limit of ${mostInTree} records is exceeded`),
    )
  const nested = Object.entries(record).filter(
    ([name, value]) => name !== 'attributes' && isObject(value) && Array.isArray(value['records']),
  )
  const own = Object.fromEntries(Object.entries(record).filter(([name]) => !nested.some(([each]) => each === name)))
  const id = refusable(referenceId, () => createRecord(call, sobject, { ...own, ...parent }))
  results.push({ referenceId, id })
  for (const [name, value] of nested) {
    const relationship = childrenOf(sobject).find(
      ({ field }) => field.childRelationshipName?.toLowerCase() === name.toLowerCase(),
    )
    if (relationship === undefined) {
      throw new TreeRefusal(
        referenceId,
        new ApiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${sobject.name}`),
      )
    }
    const children = isObject(value) ? value['records'] : undefined
    if (!Array.isArray(children) || !children.every(isObject))
      throw new TreeRefusal(referenceId, new ApiError(400, 'INVALID_INPUT', `${name} needs an array of records`))
    const child = refusable(referenceId, () => visibleSObject(call, relationship.child.name))
    for (const each of children) plant(call, child, each, { [relationship.field.name]: id }, results)
  }
}

function refusable<T>(referenceId: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof ApiError ? new TreeRefusal(referenceId, error) : error
  }
}
