/**
 * One request from arrival to the last byte of its answer: admission (the in-flight lock), the fault that hits it, the
 * handler, delivery, and what the log remembers of each.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { ServerResponse } from 'node:http'
import type { SimResponse } from './route.ts'
import { deliverFaulty, deliverWhole, drop, layOut } from './faults/deliver.ts'
import type { Delivery, Layout } from './faults/deliver.ts'
import type { Fault, FaultAction } from './faults/fault.ts'
import { rateLimited, redirection, substitute } from './faults/answers.ts'
import { clientCredentialsOf } from './oauth/client.ts'
import { param } from './oauth/context.ts'
import type { Call } from './oauth/context.ts'
import { endpointOf, identityRoutes } from './oauth/routes.ts'
import { admitRefresh, isRefresh } from './oauth/refresh.ts'
import { putAwayExpired } from './sessions/access-tokens.ts'
import { bearerOf } from './sessions/bearer.ts'
import type { Simulation } from './simulation.ts'
import { appByClientId } from './state/consumers.ts'
import { findRefreshToken, grantById } from './state/grants.ts'
import { fingerprint } from './state/ids.ts'
import { userById } from './state/users.ts'

interface Visit {
  readonly call: Call
  readonly res: ServerResponse
}

/** A request and its answer, as the log and the faults see it. */
interface Subject {
  readonly endpoint: string
  readonly grantType: string | null
  readonly app: string | null
  readonly clientId: string | null
  readonly user: string | null
  readonly token: string | null
}

function describe(call: Call): Subject {
  const endpoint = endpointOf(call.request.path)
  const presented = param(call, 'refresh_token') ?? (endpoint === 'revoke' ? param(call, 'token') : undefined)
  const text = presented ?? bearerOf(call.request)
  const clientId = endpoint === 'token' ? clientCredentialsOf(call).id : param(call, 'client_id')
  const refresh = presented === undefined ? undefined : findRefreshToken(call.org, presented)
  const owner = refresh === undefined ? undefined : grantById(call.org, refresh.grantId)?.userId
  return {
    endpoint,
    grantType: endpoint === 'token' ? (param(call, 'grant_type') ?? null) : null,
    app: clientId === undefined ? null : (appByClientId(call.org, clientId, call.number)?.name ?? null),
    clientId: clientId ?? null,
    user: (owner === undefined ? undefined : userById(call.org, owner)?.username) ?? param(call, 'username') ?? null,
    token: text === undefined ? null : fingerprint(text),
  }
}

function arrived(call: Call, subject: Subject, duplicateOf: number | null): void {
  const { request } = call
  call.org.record(call.number, {
    kind: 'arrived',
    method: request.method,
    path: request.path,
    endpoint: subject.endpoint,
    grantType: subject.grantType,
    app: subject.app,
    token: subject.token,
    source: call.source,
    duplicateOf,
  })
}

async function handle(sim: Simulation, call: Call): Promise<SimResponse> {
  const { request } = call
  for (const route of identityRoutes) {
    const match = route.pattern.exec(request.path)
    if (match !== null) return route.handle(call, match)
  }
  if (asksForSessions(call)) putAwayExpired(call.org)
  for (const route of sim.dataRoutes) {
    if (route.method !== '*' && route.method !== request.method) continue
    const match = route.pattern.exec(request.path)
    if (match !== null) return route.handle(request, match)
  }
  return {
    status: 404,
    headers: { 'Content-Type': 'application/json;charset=UTF-8' },
    body: JSON.stringify([{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]),
  }
}

const asksForSessions = ({ request }: Call): boolean =>
  request.path.startsWith('/services/data/') &&
  [request.path, request.query.toString(), request.body.toString('latin1')].some((text) => /AuthSession/i.test(text))

/** Something between client and server delivers the same bytes again. */
async function again(sim: Simulation, call: Call): Promise<SimResponse> {
  const copy: Call = { ...call, number: sim.log.nextRequest() }
  arrived(copy, describe(copy), call.number)
  const admission = isRefresh(copy) ? admitRefresh(copy, sim.locks) : undefined
  const response = admission?.refusal ?? (await handle(sim, copy))
  admission?.release()
  finish(copy, response, { complete: false, bytes: 0 }, undefined)
  return response
}

/** Processes the request. Copies delivered `together` meet the lock that the original holds; `after`, it is gone. */
async function carryOut(sim: Simulation, call: Call, action: FaultAction, unlock: () => void): Promise<SimResponse> {
  const original = handle(sim, call)
  if (action.duplicate === undefined) return original
  if (action.duplicate === 'after') {
    await original
    unlock()
  }
  const second = await again(sim, call)
  return action.duplicateAnswer === 'second' ? second : original
}

export async function converse(sim: Simulation, { call, res }: Visit): Promise<void> {
  const subject = describe(call)
  arrived(call, subject, null)
  const isToken = subject.endpoint === 'token'
  const admission = isToken && isRefresh(call) ? admitRefresh(call, sim.locks) : undefined
  const gone = (): void => {
    if (!res.writableFinished) call.org.record(call.number, { kind: 'undelivered', why: 'gone' })
  }
  res.once('close', gone)
  try {
    const { latencyMs } = call.org.settings()
    if (latencyMs > 0) await delay(latencyMs, undefined, { ref: false })
    if (admission?.refusal !== undefined) {
      finish(call, admission.refusal, await deliverWhole(res, admission.refusal), undefined)
      return
    }
    const fault = sim.faults.take({
      ...subject,
      org: call.org.name,
      path: call.request.path,
      method: call.request.method,
    })
    if (fault === undefined) {
      const response = await handle(sim, call)
      finish(call, response, await deliverWhole(res, response), undefined)
      return
    }
    await underFault(sim, call, res, fault, () => admission?.release())
  } catch (error) {
    // A mistake of the simulator: the caller gets a 500, and the log says that nobody can know what happened.
    call.org.record(call.number, { kind: 'note', text: error instanceof Error ? error.message : String(error) })
    finish(call, { status: 500 }, { complete: false, bytes: 0 }, undefined)
    throw error
  } finally {
    res.off('close', gone)
    admission?.release()
  }
}

async function underFault(
  sim: Simulation,
  call: Call,
  res: ServerResponse,
  fault: Fault,
  unlock: () => void,
): Promise<void> {
  const { action } = fault.spec
  const socket = res.socket
  const hold = (where: string): Promise<void> => {
    call.org.record(call.number, { kind: 'held', fault: fault.name, where })
    return sim.holds.hold({
      fault: fault.name,
      request: call.number,
      org: call.org.name,
      endpoint: endpointOf(call.request.path),
      where,
    })
  }
  const wait = (ms: number | undefined): Promise<void> =>
    ms === undefined ? Promise.resolve() : delay(ms, undefined, { ref: false })
  const lost = (status: number): void => {
    if (socket !== null) drop(socket, action.reset ?? false)
    finish(call, { status }, { complete: false, bytes: 0 }, fault)
  }

  await wait(action.delayBeforeMs)
  if (action.holdBefore === true) await hold('before')
  if (action.drop === 'before') return lost(0)
  const isToken = endpointOf(call.request.path) === 'token'
  const instead =
    action.redirectTo !== undefined
      ? redirection(action.redirectTo, call.request)
      : action.rateLimit === true
        ? rateLimited(isToken)
        : action.when !== 'after'
          ? substitute(action)
          : undefined
  let response = instead ?? (await carryOut(sim, call, action, unlock))
  if (action.when === 'after') response = substitute(action) ?? response
  await wait(action.delayAfterMs)
  if (action.holdAfter === true) await hold('after')
  if (action.drop === 'after') return lost(0)
  if (socket === null) return finish(call, response, { complete: false, bytes: 0 }, fault)
  if (action.cutAt === undefined && action.pauseAt === undefined && action.drip === undefined) {
    return finish(call, response, await deliverWhole(res, response), fault)
  }
  const delivery = await deliverFaulty(socket, response, action, {
    paused: async (bytes, layout) => {
      sentUpTo(call, layout, bytes)
      await hold(`paused at ${String(action.pauseAt)}`)
    },
  })
  finish(call, response, delivery, fault)
}

/** Which tokens of the answer have gone out with this many bytes of it. */
function sentUpTo(call: Call, layout: Layout, bytes: number): void {
  const value = (span: { readonly start: number; readonly end: number } | null): string | null =>
    span === null || bytes < span.end ? null : fingerprint(layout.bytes.toString('utf8', span.start, span.end - 1))
  const refreshToken = value(layout.refreshToken)
  const accessToken = value(layout.accessToken)
  if (refreshToken !== null || accessToken !== null)
    call.org.record(call.number, { kind: 'sent', refreshToken, accessToken })
}

function finish(call: Call, response: SimResponse, delivery: Delivery, fault: Fault | undefined): void {
  if (endpointOf(call.request.path) === 'token') sentUpTo(call, layOut(response), delivery.bytes)
  call.org.record(call.number, {
    kind: 'answered',
    status: response.status,
    complete: delivery.complete,
    // The answer to a copy says nothing for sure about the original.
    definite: delivery.complete && isDefinite(response) && fault?.spec.action.duplicateAnswer !== 'second',
    faults: fault === undefined ? [] : [fault.name],
  })
}

/** An answer that says for sure what happened: OAuth's own success or refusal, in JSON. */
function isDefinite(response: SimResponse): boolean {
  if (response.status !== 200 && response.status !== 400 && response.status !== 401) return false
  try {
    const body = JSON.parse(String(response.body ?? '')) as Readonly<Record<string, unknown>> | null
    return typeof body === 'object' && body !== null && ('access_token' in body || 'error' in body)
  } catch {
    return false
  }
}
