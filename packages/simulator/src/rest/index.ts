/** The REST API under /services/data as routes of the simulator. */
import { accessOf } from '../data/access.ts'
import { ApiError, notFound } from '../data/api-error.ts'
import type { Authenticate, Route, SimRequest, SimResponse } from '../route.ts'
import type { Answer, Call, Resource } from './call.ts'
import { errorBody, resourceOf } from './call.ts'
import { dispatchWith } from './dispatch.ts'
import { countedHere, type UsageOf } from './usage.ts'
import { judgeVersion, versions } from './versions.ts'

const jsonType = { 'Content-Type': 'application/json;charset=UTF-8' }

function respond(answer: Answer, headers: Readonly<Record<string, string>> = {}): SimResponse {
  const all = { ...headers, ...answer.headers }
  if (answer.body === undefined) return { status: answer.status, headers: all }
  return { status: answer.status, headers: { ...jsonType, ...all }, body: JSON.stringify(answer.body) }
}

const refuse = (error: ApiError): SimResponse => respond({ status: error.status, body: errorBody(error) })

const retired = (version: string): ApiError =>
  new ApiError(
    410,
    'GONE',
    `The requested resource is no longer available. API version ${version} is retired; use version 31.0 or later.`,
  )

/** `usage` says how many calls the org has made today and may make; without it, the calls that come here are counted. */
export function dataRoutes(
  authenticate: Authenticate,
  usage: UsageOf = countedHere(),
  more: readonly Resource[] = [],
): readonly Route[] {
  const dispatch = dispatchWith(more)
  const handle = (request: SimRequest, match: RegExpExecArray): SimResponse => {
    const version = match[1] ?? ''
    const judgement = judgeVersion(version)
    // Retired and unknown versions are refused before anybody looks at the session.
    if (judgement === 'retired') return refuse(retired(version))
    if (judgement === 'unknown') return refuse(notFound())
    const session = authenticate(request)
    if ('status' in session) return session
    const { used, limit } = usage(session.org)
    const call: Call = {
      method: (request.method === 'POST' ? request.query.get('_HttpMethod') : null) ?? request.method,
      resource: resourceOf(match[2] ?? ''),
      query: request.query,
      headers: request.headers,
      body: request.body.toString('utf8'),
      version,
      baseUrl: request.baseUrl,
      session,
      org: session.org,
      access: accessOf(session.org, session.userId),
      usage: { used, limit },
      dispatch,
    }
    return respond(dispatch(call), { 'Sforce-Limit-Info': `api-usage=${used}/${limit}` })
  }
  return [
    { method: 'GET', pattern: /^\/services\/data\/?$/, handle: () => respond({ status: 200, body: versions }) },
    { method: '*', pattern: /^\/services\/data\/v([\d.]+)((?:\/.*)?)$/, handle },
    { method: '*', pattern: /^\/services\/data(?:\/.*)?$/, handle: () => refuse(notFound()) },
  ]
}
