/**
 * The broker: one app behind any number of listeners, and its end. What callers must not lose by a restart is an answer
 * that is on its way, so the end takes three steps: no new connections, a grace for what runs, then the uses are written.
 * An exchange in flight belongs to `Keyturn.close()`, which whoever opened it calls after this.
 */
import { randomBytes } from 'node:crypto'
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
import { openHttpApp } from './http-app.ts'
import { listen } from './listen.ts'
import type { Listening } from './listen.ts'
import type { Log } from './log.ts'
import { openMetrics } from './metrics.ts'
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

export const openBroker = async (options: BrokerOptions): Promise<Broker> => {
  const { settings, clock, log, env, caFile, version, random = randomBytes } = options
  const { store } = options.keyturn
  const watch = watchStore({ store, clock, log })
  const metrics = openMetrics()
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
  const { app, drain, draining } = openHttpApp({
    ...{ bodyLimit, replica, clock, log, metrics, checkHost: where.checkHost },
    trace: tracing ? tracing.requests : null,
  })
  metrics.gauge('keyturn_store_up', 'Whether the store answers', () => [[{}, watch.down() ? 0 : 1]])
  metrics.gauge('keyturn_org_unreachable', 'The last call to the org of this grant got no answer', () =>
    reachability.unreachable().map(({ grant, code }) => [{ grant, code }, 1] as const),
  )
  metrics.gauge('keyturn_build_info', 'Version', () => [[{ version }, 1]])
  const manage = manageCallers({ keyturn, clock, random, log })
  await app.register(healthRoutes({ context, metrics, settings, reachability, storeDown: watch.down, draining }))
  await app.register(apiRoutes({ context, manage, tail, version, reauthorise }), { prefix: '/keyturn/v1' })
  await app.register(reauthorise.routes)
  // Both answer at the root (an org by its host name or port, or the caller's default) and below /orgs/NAME.
  await app.register(faceRoutes(context))
  await app.register(proxyRoutes(context))
  await app.ready()

  const people = reauthorise.watch()
  const opened: Listening[] = []
  const end = async (): Promise<void> => {
    drain(() => opened.forEach((listener) => listener.rest()))
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
