/** /services/data/{version}/metadata/deployRequest: deployments over REST, with the zip as a part of a form. */
import type { Call } from '../oauth/context.ts'
import { json } from '../oauth/context.ts'
import type { SimResponse } from '../route.ts'
import { judgeSession } from '../sessions/authenticate.ts'
import { contextOf } from './context.ts'
import type { OpenContext } from './context.ts'
import { deployOptionsOf } from './deploy-options.ts'
import { deployResultOf } from './deploy-result.ts'
import { cancel, deployValidated, jobById, submit } from './jobs.ts'
import type { DeployJob } from './jobs.ts'
import { mayUseMetadata, versions } from './soap.ts'
import { isNode } from './xml.ts'

const refusal = (status: number, errorCode: string, message: string): SimResponse =>
  json(status, [{ message, errorCode }])

interface Part {
  readonly type: string
  readonly body: Buffer
}

/** The parts of a multipart/form-data body (RFC 7578). */
function partsOf(body: Buffer, contentType: string): readonly Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return []
  const mark = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  let from = body.indexOf(mark)
  while (from >= 0) {
    const start = from + mark.length
    const to = body.indexOf(mark, start)
    if (to < 0) break
    const headEnd = body.indexOf('\r\n\r\n', start)
    if (headEnd > 0 && headEnd < to) {
      const head = body.toString('latin1', start, headEnd)
      const type = /content-type:\s*([^\r\n;]+)/i.exec(head)?.[1]?.trim().toLowerCase() ?? ''
      // The line end before the next boundary belongs to the boundary.
      parts.push({ type, body: body.subarray(headEnd + 4, to - 2) })
    }
    from = to
  }
  return parts
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function answer(call: Call, context: OpenContext, job: DeployJob, status: number, details: boolean): SimResponse {
  return json(status, {
    id: job.id,
    url: `${call.request.baseUrl}/services/data/v${context.version.toFixed(1)}/metadata/deployRequest/${job.id}${details ? '?includeDetails=true' : ''}`,
    validatedDeployRequestId: null,
    ...(status === 201 ? { deployOptions: job.request } : {}),
    deployResult: { details: null, ...deployResultOf(context.org, job, details) },
  })
}

function startValidated(call: Call, context: OpenContext, id: string): SimResponse {
  const job = deployValidated(context.org, id, context)
  if (job?.kind === 'deploy') return answer(call, context, job, 201, false)
  return refusal(400, 'INVALID_ID_FIELD', `invalid validation id: ${id}`)
}

function start(call: Call, context: OpenContext): SimResponse {
  const isForm = /multipart/i.test(call.request.headers['content-type'] ?? '')
  const quick = isForm ? undefined : parsed(call.request.body.toString())
  if (isNode(quick) && typeof quick['validatedDeployRequestId'] === 'string')
    return startValidated(call, context, quick['validatedDeployRequestId'])
  const parts = partsOf(call.request.body, call.request.headers['content-type'] ?? '')
  const zip = parts.find((part) => part.type !== 'application/json')
  const options = parsed(parts.find((part) => part.type === 'application/json')?.body.toString() ?? '')
  if (zip === undefined || !isNode(options))
    return refusal(400, 'INVALID_MULTIPART_REQUEST', 'A deployment has a JSON part with deployOptions and a zip part')
  const job = submit(context.org, {
    kind: 'deploy',
    userId: context.userId,
    version: context.version,
    request: deployOptionsOf(options['deployOptions']),
    zip: zip.body,
  })
  return job.kind === 'deploy' ? answer(call, context, job, 201, false) : json(500, [])
}

export function metadataRest(call: Call, path: string, id: string | undefined): SimResponse {
  const { org, request } = call
  const version = Number(path)
  if (!(version >= versions.first && version <= versions.last))
    return refusal(404, 'NOT_FOUND', 'The requested resource does not exist')
  const session = judgeSession(org, request)
  if ('status' in session) return session
  const context = contextOf(org, { orgs: call.orgs, userId: session.userId, version })
  if (!mayUseMetadata(context))
    return refusal(
      403,
      'INSUFFICIENT_ACCESS',
      'use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions',
    )
  if (id === undefined)
    return request.method === 'POST'
      ? start(call, context)
      : refusal(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed. Allowed are POST`)
  const job = jobById(org, id)
  if (job?.kind !== 'deploy') return refusal(404, 'NOT_FOUND', 'The requested resource does not exist')
  const details = request.query.get('includeDetails') === 'true'
  if (request.method === 'GET') return answer(call, context, job, 200, details)
  if (request.method !== 'PATCH')
    return refusal(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed. Allowed are GET,PATCH`)
  const wish = parsed(request.body.toString())
  const result = isNode(wish) ? wish['deployResult'] : undefined
  if (!isNode(result) || result['status'] !== 'Canceling')
    return refusal(400, 'INVALID_INPUT', 'A deployment can be changed to the status Canceling only')
  const canceled = cancel(org, job, context.userId)
  return canceled.kind === 'deploy' ? answer(call, context, canceled, 202, false) : json(500, [])
}
