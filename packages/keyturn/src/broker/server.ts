/**
 * The broker: one app behind any number of listeners, and its end. What callers must not lose by a restart is an answer
 * that is on its way, so the end takes three steps: no new connections, a grace for what runs, then the uses are written.
 * An exchange in flight belongs to `Keyturn.close()`, which whoever opened it calls after this.
 */
import { randomBytes } from 'node:crypto'
import { fastify } from 'fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { recordDeath } from '../forensics/examine-death.ts'
import { apiRoutes } from './api/routes.ts'
import { healthRoutes } from './api/health.ts'
import { openEventTail } from './api/event-tail.ts'
import type { BrokerSettings } from './broker-settings.ts'
import type { BrokerContext } from './caller.ts'
import { manageCallers } from './callers/manage-callers.ts'
import { openCallers } from './callers/open-callers.ts'
import { faceRoutes } from './face/routes.ts'
import { toHttpError } from './http-error.ts'
import { listen } from './listen.ts'
import type { Listening } from './listen.ts'
import type { Log } from './log.ts'
import { openMetrics } from './metrics.ts'
import { requestMetrics } from './request-metrics.ts'
import { openReauthorise } from './reauthorise/open-reauthorise.ts'
import type { ReauthoriseParts } from './reauthorise/open-reauthorise.ts'
import { proxyRoutes } from './proxy/routes.ts'
import { deskOf } from './sessions/desk.ts'
import { openTracing } from './traces/open-tracing.ts'
import { openUses } from '../usage/uses.ts'
import { withOverdue } from './overdue-grants.ts'
import { watched, watchStore } from './store-watch.ts'
import { whereOf } from './where.ts'

export interface BrokerOptions {
  readonly settings: BrokerSettings
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly log: Log
  /** For the outgoing proxy: HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly caFile?: string | undefined
  readonly version: string
  readonly random?: (size: number) => Uint8Array
  /** How people are told; default: by nobody. */
  readonly notifier?: ReauthoriseParts['notifier']
  /** Says why a grant died; default: from the ledger, and from the org where it can be asked. */
  readonly judge?: ReauthoriseParts['judge']
}

export interface Broker {
  readonly addresses: readonly string[]
  /** Finishes what runs and writes what was counted. The Keyturn stays open. */
  close(): Promise<void>
}

/** A person is told why a grant died: how long the org may be asked about it. */
const DEATH_PATIENCE_MS = 10_000

/** Answers of these are for machines that watch the process, and come whatever the Host header says. */
const forWatchers = new Set(['/healthz', '/readyz', '/metrics'])

export const openBroker = async (options: BrokerOptions): Promise<Broker> => {
  const { settings, clock, log, env, caFile, version, random = randomBytes } = options
  const { store } = options.keyturn
  const watch = watchStore({ store, clock, log })
  const metrics = openMetrics()
  const countRequest = requestMetrics(metrics)
  const network = lazyNetwork({
    clock,
    env,
    connectTimeout: settings.limits.connect,
    ...(caFile === undefined ? {} : { caFile }),
  })
  const replica = Buffer.from(random(8)).toString('hex')
  const tracing =
    settings.traces &&
    openTracing({ settings: settings.traces, version, instance: replica, network, clock, log, metrics, random })
  const seen = tracing ? tracing.keyturn(watched(options.keyturn, watch)) : watched(options.keyturn, watch)
  const { notifier = null } = options
  const judge = options.judge ?? ((grant: string) => recordDeath(seen, grant, { clock, ask: DEATH_PATIENCE_MS }))
  const reauthorise = openReauthorise({ keyturn: seen, clock, log, metrics, random, settings, notifier, judge })
  const keyturn = withOverdue(reauthorise.keyturn, clock)
  const uses = openUses({
    // While the store is out a write is refused at once, also the last one: it would keep the end waiting.
    store: keyturn.store,
    clock,
    log,
    replica,
    every: settings.usageEvery,
  })
  const { staleMax } = settings.limits
  const callers = openCallers({
    keyturn,
    clock,
    log,
    uses,
    staleMax,
    onAlarm: () => metrics.count('keyturn_alarms_total', 'Alarms', { alarm: 'old-token-used' }),
  })
  const where = whereOf(settings)
  const context: BrokerContext = {
    keyturn,
    callers: tracing ? tracing.callers(callers) : callers,
    clock,
    log,
    ...(tracing && { traces: tracing.traces }),
    ...where,
  }
  const ipLocked = settings.orgs.flatMap((org) => (org.ipLocked ? [org.grant] : []))
  const { body: bodyLimit, answer: answerLimit } = settings.limits
  const { reachability, tokens } = deskOf(context, { network, ipLocked, staleMax, bodyLimit, answerLimit })
  const tail = openEventTail({ store, clock, log })
  const stopCounting = keyturn.on('*', ({ type, grant }) => {
    metrics.count('keyturn_events_total', 'State changes of grants', { type, grant })
    tail.wake()
  })
  const opened: Listening[] = []
  const state = { draining: false, running: 0, requests: 0 }

  const app = fastify({
    logger: false,
    bodyLimit: settings.limits.body,
    trustProxy: false,
    // Never taken from a header: an id that somebody chose would be in our logs.
    genReqId: () => `${replica}-${(state.requests += 1).toString(36)}`,
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200, ignoreDuplicateSlashes: false },
  })
  tracing?.requests(app)
  app.addHook('onRequest', (request, reply, done) => {
    state.running += 1
    const began = clock.boot()
    // Not onResponse: a client that hangs up would never be counted as gone.
    reply.raw.on('close', () => answered(request, reply, clock.boot() - began))
    if (state.draining) void reply.header('connection', 'close')
    if (!forWatchers.has(request.url)) where.checkHost(request)
    done()
  })
  const answered = (request: FastifyRequest, reply: FastifyReply, ms: number): void => {
    state.running -= 1
    // The route's pattern, never the address: a query may hold a token.
    const route = request.routeOptions.url ?? 'none'
    const method = knownMethod(request.method)
    const status = statusOf(reply)
    countRequest(method, route, status, ms / 1000)
    log.debug('request', { method, route, status, ms: Math.round(ms), id: request.id })
    // At the end a connection has no further use than the answer that ran on it.
    if (state.draining) setImmediate(() => opened.forEach((listener) => listener.rest()))
  }
  app.setErrorHandler((error, _request, reply) => {
    const { status, headers, body } = toHttpError(error, log)
    if (status >= 500) log.warn('a request failed', { code: body.code, status })
    return reply.code(status).headers(headers).send(body)
  })
  app.setNotFoundHandler((_request, reply) => {
    const { body } = toHttpError(new KeyturnError('BAD_ARGUMENT', 'There is nothing at this address'), log)
    return reply.code(404).send(body)
  })
  metrics.gauge('keyturn_requests_running', 'Requests being answered', () => [[{}, state.running]])
  metrics.gauge('keyturn_store_up', 'Whether the store answers', () => [[{}, watch.down() ? 0 : 1]])
  metrics.gauge('keyturn_org_unreachable', 'The last call to the org of this grant got no answer', () =>
    reachability.unreachable().map(({ grant, code }) => [{ grant, code }, 1] as const),
  )
  metrics.gauge('keyturn_build_info', 'Version', () => [[{ version }, 1]])
  const manage = manageCallers({ keyturn, clock, random, log })
  await app.register(
    healthRoutes({ context, metrics, settings, reachability, storeDown: watch.down, draining: () => state.draining }),
  )
  await app.register(apiRoutes({ context, manage, tail, version, reauthorise }), { prefix: '/keyturn/v1' })
  await app.register(reauthorise.routes)
  // Both answer at the root (an org by its host name or port, or the caller's default) and below /orgs/NAME.
  await app.register(faceRoutes(context))
  await app.register(proxyRoutes(context))
  await app.ready()

  const people = reauthorise.watch()
  const end = async (): Promise<void> => {
    state.draining = true
    tail.close()
    const stopped = Promise.all(opened.map((listener) => listener.stop()))
    const over = new AbortController()
    await Promise.race([stopped, clock.sleep(settings.limits.grace, over.signal)])
    over.abort()
    for (const listener of opened) listener.cut()
    await stopped
    await people.close()
    await app.close()
    await tracing?.close()
    network.close()
    stopCounting()
    tokens.close()
    await uses.close()
    watch.close()
  }
  try {
    for (const listener of settings.listen) {
      opened.push(await listen(listener, settings.limits, (request, response) => app.routing(request, response), clock))
    }
  } catch (error) {
    await end()
    throw error
  }
  let ended: Promise<void> | null = null
  return { addresses: opened.map(({ address }) => address), close: () => (ended ??= end()) }
}

/** What the client saw: one that hung up saw nothing, or not all of it. */
const statusOf = ({ raw }: FastifyReply): string => (raw.writableFinished ? String(raw.statusCode) : 'cut')

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const knownMethod = (method: string): string => (methods.has(method) ? method : 'other')
