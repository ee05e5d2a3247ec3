/** Finds the resource a call means and runs it; refusals become answers, and a half-done write is undone. */
import { ApiError, notFound } from '../data/api-error.ts'
import type { Answer, Call, Resource } from './call.ts'
import { errorBody } from './call.ts'
import { limits } from './limits.ts'
import { query, queryMore } from './query.ts'
import { basicInformation, describe, describeGlobal } from './sobjects.ts'
import { resources } from './versions.ts'

const name = '([A-Za-z][A-Za-z0-9_]*)'

const table: readonly Resource[] = [
  { pattern: /^$/, methods: { GET: resources } },
  { pattern: /^\/limits$/, methods: { GET: limits } },
  { pattern: /^(\/tooling)?\/query$/, methods: { GET: (call, match) => query(call, match[1] !== undefined, false) } },
  { pattern: /^\/queryAll$/, methods: { GET: (call) => query(call, false, true) } },
  { pattern: /^(\/tooling)?\/query\/([^/]+)$/, methods: { GET: (call, match) => queryMore(call, match[1] !== undefined, match[2] ?? '') } },
  { pattern: /^\/queryAll\/([^/]+)$/, methods: { GET: (call, match) => queryMore(call, false, match[1] ?? '') } },
  { pattern: /^(\/tooling)?\/sobjects$/, methods: { GET: (call, match) => describeGlobal(call, match[1] !== undefined) } },
  { pattern: new RegExp(`^(/tooling)?/sobjects/${name}/describe$`), methods: { GET: (call, match) => describe(call, match[2] ?? '', match[1] !== undefined) } },
  { pattern: new RegExp(`^(/tooling)?/sobjects/${name}$`), methods: { GET: (call, match) => basicInformation(call, match[2] ?? '', match[1] !== undefined) } },
]

export function dispatch(call: Call): Answer {
  try {
    return run(call)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { status: error.status, body: errorBody(error) }
  }
}

function run(call: Call): Answer {
  for (const { pattern, methods } of table) {
    const match = pattern.exec(call.resource)
    if (match === null) continue
    const handle = Object.entries(methods).find(([method]) => method === call.method)?.[1]
    if (handle !== undefined) return handle(call, match)
    const allowed = Object.keys(methods).join(',')
    const refusal = new ApiError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed. Allowed are ${allowed}`)
    return { status: 405, headers: { Allow: allowed }, body: errorBody(refusal) }
  }
  throw notFound()
}
