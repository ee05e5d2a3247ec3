/** Traces of one broker, from what is traced to the collector. Opened only where a collector is named. */
import type { FastifyInstance } from 'fastify'
import type { Clock, Keyturn } from '@keyturn/tokens'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Callers } from '../caller.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { openExporter } from './exporter.ts'
import { traceExchanges, tracedKeyturn } from './trace-keyturn.ts'
import { tracedCallers, traceRequests } from './trace-requests.ts'
import type { TraceSettings } from './trace-settings.ts'
import { openTraces } from './traces.ts'
import type { Traces } from './traces.ts'

interface Tracing {
  readonly traces: Traces
  keyturn(keyturn: Keyturn): Keyturn
  callers(callers: Callers): Callers
  requests(app: FastifyInstance): void
  /** Sends what waits, within a limit. */
  close(): Promise<void>
}

interface TracingOptions {
  readonly settings: TraceSettings
  readonly version: string
  readonly instance: string
  readonly network: Network
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly random: (size: number) => Uint8Array
}

export const openTracing = (options: TracingOptions): Tracing => {
  const { settings, version, instance, network, clock, log, metrics, random } = options
  const exporter = openExporter({
    settings,
    resource: { service: settings.service, version, instance },
    network,
    clock,
    log,
    onOutcome: (outcome, count) => metrics.count('keyturn_trace_spans_total', 'Spans of traces', { outcome }, count),
  })
  metrics.count('keyturn_trace_spans_total', 'Spans of traces', { outcome: 'dropped' }, 0)
  metrics.gauge('keyturn_trace_spans_waiting', 'Spans that wait to be sent', () => [[{}, exporter.waiting]])
  const traces = openTraces({ settings, clock, random, onEnd: exporter.add })
  const stops: (() => void)[] = []
  return {
    traces,
    keyturn: (keyturn) => {
      stops.push(traceExchanges(keyturn, traces))
      return tracedKeyturn(keyturn, traces)
    },
    callers: (callers) => tracedCallers(callers, traces),
    requests: (app) => traceRequests(app, traces),
    close: async () => {
      for (const stop of stops) stop()
      await exporter.close()
    },
  }
}
