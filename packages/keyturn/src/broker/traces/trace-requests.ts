/**
 * A server span for each request, by the route's pattern, and around it everything that the request causes. What
 * watches the process (health, metrics) is left out.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Callers } from '../caller.ts'
import { readTraceparent } from './trace-context.ts'
import type { Span, Traces } from './traces.ts'

const unwatched = new Set(['/healthz', '/readyz', '/metrics'])
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

export const traceRequests = (app: FastifyInstance, traces: Traces): void => {
  const spans = new WeakMap<FastifyRequest, Span>()
  app.addHook('onRequest', (request, _reply, done) => {
    // The route's pattern, never the address: a query may hold a token.
    const route = request.routeOptions.url ?? 'none'
    if (!unwatched.has(route)) {
      const method = methods.has(request.method) ? request.method : '_OTHER'
      const span = traces.begin(`${method} ${route}`, 'server', readTraceparent(request.headers['traceparent']))
      span?.set('http.request.method', method)
      span?.set('http.route', route)
      if (span !== null) spans.set(request, span)
    }
    done()
  })
  // Not earlier: a body that is parsed first ends in the context of its connection.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request)
    if (span === undefined) done()
    else traces.within(span, done)
  })
  const end = (request: FastifyRequest, status: number | null): void => {
    const span = spans.get(request)
    if (status !== null) span?.set('http.response.status_code', status)
    span?.end(status === null || status >= 500)
  }
  app.addHook('onResponse', (request, reply, done) => {
    end(request, reply.statusCode)
    done()
  })
  app.addHook('onRequestAbort', (request, done) => {
    spans.get(request)?.set('keyturn.outcome', 'aborted')
    end(request, null)
    done()
  })
}

/** The request's span learns who called, where that is counted. */
export const tracedCallers = (callers: Callers, traces: Traces): Callers => ({
  ...callers,
  used: (caller, grant, face) => {
    const span = traces.current()
    span?.set('keyturn.caller', caller.name)
    span?.set('keyturn.grant', grant)
    span?.set('keyturn.face', face)
    callers.used(caller, grant, face)
  },
})
