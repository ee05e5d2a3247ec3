/** The query resources: /query, /queryAll, /tooling/query and the rest of a result by its locator. */
import { ApiError } from '../data/api-error.ts'
import { queryColumns } from '../soql/columns.ts'
import { mostPerBatch, runQuery, runQueryMore } from '../soql/query.ts'
import type { QueryContext } from '../soql/query-context.ts'
import type { Answer, Call } from './call.ts'
import { isTooling, prefixOf } from './call.ts'

const fewestPerBatch = 200

export function queryContext(call: Call, soql: string, allRows: boolean): QueryContext {
  return {
    org: call.org,
    access: call.access,
    soql,
    now: call.org.now(),
    timeZone: call.access.timeZone,
    sessionId: call.session.accessTokenId,
    urlPrefix: prefixOf(call),
    tooling: isTooling(call),
    allRows,
  }
}

/** `Sforce-Query-Options: batchSize=500`; out of bounds is brought into them. */
function batchSize(call: Call): number {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(call.headers['sforce-query-options'] ?? '')?.[1]
  return asked === undefined ? mostPerBatch : Math.min(mostPerBatch, Math.max(fewestPerBatch, Number(asked)))
}

export function query(call: Call, allRows: boolean): Answer {
  if (call.query.has('explain'))
    throw new ApiError(400, 'MALFORMED_QUERY', 'Query plans are not available in this simulator')
  const soql = call.query.get('q')
  if (soql === null) throw new ApiError(400, 'MALFORMED_QUERY', 'A query string has to be specified')
  // Undocumented; the sf CLI asks for it after each query whose rows it prints.
  if (call.query.get('columns') === 'true')
    return { status: 200, body: queryColumns(queryContext(call, soql, allRows)) }
  return { status: 200, body: runQuery(queryContext(call, soql, allRows), batchSize(call)) }
}

export function queryMore(call: Call, locator: string): Answer {
  const match = /^([A-Za-z0-9]{15,18})-(\d+)$/.exec(locator)
  if (match?.[1] === undefined) throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  return {
    status: 200,
    body: runQueryMore(queryContext(call, '', false), match[1], Number(match[2]), batchSize(call)),
  }
}
