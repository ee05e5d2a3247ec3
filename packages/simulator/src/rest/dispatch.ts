/** Finds the resource a call means and runs it; refusals become answers. */
import { ApiError, notFound } from '../data/api-error.ts'
import type { Answer, Call, Resource } from './call.ts'
import { errorBody } from './call.ts'
import { createMany, deleteMany, readMany, updateMany, upsertMany } from './collections.ts'
import { batch, composite, tree } from './composite.ts'
import { limits } from './limits.ts'
import { query, queryMore } from './query.ts'
import { create, deleteById, deleteByKey, readById, readByKey, updateById, upsertByKey } from './records.ts'
import { basicInformation, describe, describeGlobal } from './sobjects.ts'
import { resources } from './versions.ts'

const name = '([A-Za-z][A-Za-z0-9_]*)'

const table: readonly Resource[] = [
  { pattern: /^$/, methods: { GET: resources } },
  { pattern: /^\/limits$/, methods: { GET: limits } },
  { pattern: /^(?:\/tooling)?\/query$/, methods: { GET: (call) => query(call, false) } },
  { pattern: /^\/queryAll$/, methods: { GET: (call) => query(call, true) } },
  {
    pattern: /^(?:\/tooling)?\/query\/([^/]+)$/,
    methods: { GET: (call, match) => queryMore(call, match[1] ?? '') },
  },
  { pattern: /^\/queryAll\/([^/]+)$/, methods: { GET: (call, match) => queryMore(call, match[1] ?? '') } },
  {
    pattern: /^(?:\/tooling)?\/sobjects$/,
    methods: { GET: describeGlobal },
  },
  {
    pattern: new RegExp(`^(?:/tooling)?/sobjects/${name}/describe$`),
    methods: { GET: (call, match) => describe(call, match[1] ?? '') },
  },
  {
    pattern: new RegExp(`^(?:/tooling)?/sobjects/${name}$`),
    methods: {
      GET: (call, match) => basicInformation(call, match[1] ?? ''),
      POST: (call, match) => create(call, match[1] ?? ''),
    },
  },
  {
    pattern: new RegExp(`^(?:/tooling)?/sobjects/${name}/([^/]+)$`),
    methods: {
      GET: (call, match) => readById(call, match[1] ?? '', match[2] ?? ''),
      PATCH: (call, match) => updateById(call, match[1] ?? '', match[2] ?? ''),
      DELETE: (call, match) => deleteById(call, match[1] ?? '', match[2] ?? ''),
    },
  },
  {
    pattern: new RegExp(`^/sobjects/${name}/${name}/(.+)$`),
    methods: {
      GET: (call, match) => readByKey(call, match[1] ?? '', match[2] ?? '', match[3] ?? ''),
      PATCH: (call, match) => upsertByKey(call, match[1] ?? '', match[2] ?? '', match[3] ?? ''),
      DELETE: (call, match) => deleteByKey(call, match[1] ?? '', match[2] ?? '', match[3] ?? ''),
    },
  },
  { pattern: /^\/composite$/, methods: { POST: composite } },
  { pattern: /^\/composite\/batch$/, methods: { POST: batch } },
  { pattern: new RegExp(`^/composite/tree/${name}$`), methods: { POST: (call, match) => tree(call, match[1] ?? '') } },
  { pattern: /^\/composite\/sobjects$/, methods: { POST: createMany, PATCH: updateMany, DELETE: deleteMany } },
  {
    pattern: new RegExp(`^/composite/sobjects/${name}$`),
    methods: {
      GET: (call, match) => readMany(call, match[1] ?? ''),
      POST: (call, match) => readMany(call, match[1] ?? ''),
    },
  },
  {
    pattern: new RegExp(`^/composite/sobjects/${name}/${name}$`),
    methods: { PATCH: (call, match) => upsertMany(call, match[1] ?? '', match[2] ?? '') },
  },
  { pattern: /^\/recent$/, methods: { GET: () => ({ status: 200, body: [] }) } },
  { pattern: /^\/(?:search|parameterizedSearch)$/, methods: { GET: noSearch, POST: noSearch } },
]

function noSearch(): never {
  throw new ApiError(400, 'MALFORMED_SEARCH', 'SOSL is not available in this simulator; use a SOQL query')
}

/** Answers calls by the resources of the data side, after those that come from elsewhere. */
export const dispatchWith =
  (more: readonly Resource[]) =>
  (call: Call): Answer =>
    dispatch([...more, ...table], call)

function dispatch(resources: readonly Resource[], call: Call): Answer {
  try {
    return run(resources, call)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: error.status, body: errorBody(error) }
  }
}

function run(all: readonly Resource[], call: Call): Answer {
  for (const { pattern, methods } of all) {
    const match = pattern.exec(call.resource)
    if (match === null) continue
    const handle = Object.entries(methods).find(([method]) => method === call.method)?.[1]
    if (handle !== undefined) return handle(call, match)
    const allowed = Object.keys(methods).join(',')
    const refusal = new ApiError(
      405,
      'METHOD_NOT_ALLOWED',
      `HTTP Method '${call.method}' not allowed. Allowed are ${allowed}`,
    )
    return { status: 405, headers: { Allow: allowed }, body: errorBody(refusal) }
  }
  throw notFound()
}
