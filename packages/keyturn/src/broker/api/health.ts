/** For what watches the process: alive, ready, measured. None of it needs a caller, so none of it tells a secret. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { BrokerContext } from '../caller.ts'
import type { BrokerSettings } from '../broker-settings.ts'
import type { Metrics } from '../metrics.ts'
import type { Reachability } from '../sessions/reachability.ts'

interface HealthOptions {
  readonly context: BrokerContext
  readonly metrics: Metrics
  readonly settings: BrokerSettings
  readonly reachability: Reachability
  readonly draining: () => boolean
  readonly storeDown: () => boolean
}

export const healthRoutes =
  ({ context, metrics, settings, reachability, draining, storeDown }: HealthOptions): FastifyPluginAsync =>
  async (app) => {
    const { keyturn, addressOf } = context

    app.get('/healthz', async () => ({ status: 'ok' }))

    /** Names of grants are for those who may read the metrics. */
    const mayKnow = (request: FastifyRequest): boolean => {
      const address = addressOf(request)
      return address === null || settings.metricsRanges.includes(address)
    }

    const storeAnswers = async (): Promise<boolean> => {
      if (storeDown()) return false
      try {
        await keyturn.store.version()
        return true
      } catch {
        return false
      }
    }

    /** Of grants that are there. All of them are read only where one can't be reached: anybody may ask this, often. */
    const unreachable = async (store: boolean) => {
      const known = reachability.unreachable()
      if (known.length === 0 || !store) return known
      const grants = await keyturn.grants.list({ altered: () => undefined }).catch(() => null)
      return known.filter(({ grant }) => grants === null || grants.some(({ name }) => name === grant))
    }

    // An org that can't be reached from here is a detail: the others are served, and no other replica may reach it. So is
    // a grant whose row somebody altered: no other replica has another.
    app.get('/readyz', async (request, reply) => {
      const store = await storeAnswers()
      const ready = store && !draining()
      if (!ready) void reply.code(503).header('retry-after', '5')
      const gone = await unreachable(store)
      const status = !ready ? 'unavailable' : gone.length > 0 ? 'degraded' : 'ok'
      const orgs = gone.map(({ since, last, ...org }) => ({
        ...org,
        since: new Date(since).toISOString(),
        last: new Date(last).toISOString(),
      }))
      return {
        ...{ status, store, draining: draining(), unreachable: gone.length },
        ...(mayKnow(request) && gone.length > 0 && { orgs }),
      }
    })

    app.get('/metrics', async (request, reply) => {
      if (!mayKnow(request)) return reply.callNotFound()
      const grants = new Map<string, number>()
      const count = (status: string): void => void grants.set(status, (grants.get(status) ?? 0) + 1)
      const found = await keyturn.grants.list({ altered: () => count('altered') }).catch(() => [])
      for (const { status } of found) count(status)
      const lines = [...grants].map(([status, count]) => `keyturn_grants{status="${status}"} ${count}`)
      const head = ['# HELP keyturn_grants Grants by state', '# TYPE keyturn_grants gauge']
      void reply.type('text/plain; version=0.0.4; charset=utf-8')
      return `${metrics.text()}${[...head, ...lines].join('\n')}\n`
    })
  }
