/** For what watches the process: alive, ready, measured. None of it needs a caller, so none of it tells a secret. */
import type { FastifyPluginAsync } from 'fastify'
import type { BrokerContext } from '../caller.ts'
import type { BrokerSettings } from '../broker-settings.ts'
import type { Metrics } from '../metrics.ts'

export interface HealthOptions {
  readonly context: BrokerContext
  readonly metrics: Metrics
  readonly settings: BrokerSettings
  readonly draining: () => boolean
  readonly storeDown: () => boolean
}

export const healthRoutes =
  ({ context, metrics, settings, draining, storeDown }: HealthOptions): FastifyPluginAsync =>
  async (app) => {
    const { keyturn, addressOf } = context

    app.get('/healthz', async () => ({ status: 'ok' }))

    app.get('/readyz', async (_request, reply) => {
      const store =
        !storeDown() &&
        (await keyturn.grants.list().then(
          () => true,
          () => false,
        ))
      const ready = store && !draining()
      if (!ready) void reply.code(503).header('retry-after', '5')
      return { status: ready ? 'ok' : 'unavailable', store, draining: draining() }
    })

    app.get('/metrics', async (request, reply) => {
      const address = addressOf(request)
      if (address !== null && !settings.metricsRanges.includes(address)) return reply.callNotFound()
      const grants = new Map<string, number>()
      for (const { status } of await keyturn.grants.list().catch(() => []))
        grants.set(status, (grants.get(status) ?? 0) + 1)
      const lines = [...grants].map(([status, count]) => `keyturn_grants{status="${status}"} ${count}`)
      const head = ['# HELP keyturn_grants Grants by state', '# TYPE keyturn_grants gauge']
      void reply.type('text/plain; version=0.0.4; charset=utf-8')
      return `${metrics.text()}${[...head, ...lines].join('\n')}\n`
    })
  }
