/**
 * The app behind every listener, and what holds for each request whoever answers it: its id, the host it names, how a
 * failure is told, and that it is counted.
 */
import { fastify } from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import { toHttpError } from './http-error.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { requestMetrics } from './request-metrics.ts'

interface HttpAppOptions {
  readonly bodyLimit: number
  /** Ids of requests begin with it. */
  readonly replica: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Throws HostNotServed. */
  readonly checkHost: (request: FastifyRequest) => void
  /** Looks at each request before anything else does. */
  readonly trace: ((app: FastifyInstance) => void) | null
}

interface HttpApp {
  readonly app: FastifyInstance
  /** From now on a connection has no further use than the answer that runs on it: `rest` is called after each. */
  drain(rest: () => void): void
  draining(): boolean
}

/** Answers of these are for machines that watch the process, and come whatever the Host header says. */
const forWatchers = new Set(['/healthz', '/readyz', '/metrics'])

export const openHttpApp = (options: HttpAppOptions): HttpApp => {
  const { bodyLimit, replica, clock, log, metrics, checkHost, trace } = options
  const countRequest = requestMetrics(metrics)
  let requests = 0
  let running = 0
  let rest: (() => void) | null = null

  const app = fastify({
    logger: false,
    bodyLimit,
    trustProxy: false,
    // Never taken from a header: an id that somebody chose would be in our logs.
    genReqId: () => `${replica}-${(requests += 1).toString(36)}`,
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200, ignoreDuplicateSlashes: false },
  })
  trace?.(app)
  app.addHook('onRequest', (request, reply, done) => {
    running += 1
    const began = clock.boot()
    // Not onResponse: a client that hangs up would never be counted as gone.
    reply.raw.on('close', () => answered(request, reply, clock.boot() - began))
    if (rest !== null) void reply.header('connection', 'close')
    if (!forWatchers.has(request.url)) checkHost(request)
    done()
  })
  const answered = (request: FastifyRequest, reply: FastifyReply, ms: number): void => {
    running -= 1
    // The route's pattern, never the address: a query may hold a token.
    const route = request.routeOptions.url ?? 'none'
    const method = knownMethod(request.method)
    const status = statusOf(reply)
    countRequest(method, route, status, ms / 1000)
    log.debug('request', { method, route, status, ms: Math.round(ms), id: request.id })
    if (rest !== null) setImmediate(rest)
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
  metrics.gauge('keyturn_requests_running', 'Requests being answered', () => [[{}, running]])
  return {
    app,
    drain: (how) => {
      rest = how
    },
    draining: () => rest !== null,
  }
}

/** What the client saw: one that hung up saw nothing, or not all of it. */
const statusOf = ({ raw }: FastifyReply): string => (raw.writableFinished ? String(raw.statusCode) : 'cut')

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const knownMethod = (method: string): string => (methods.has(method) ? method : 'other')
