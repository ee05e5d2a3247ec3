/**
 * Spans on their way to the collector: a bounded queue, sent in batches now and then, so that a collector that is slow or
 * away costs spans (which are counted) and never a request, memory or the end of the process.
 */
import type { Clock } from '@keyturn/tokens'
import { request } from '@keyturn/tokens/maintenance'
import type { Network } from '@keyturn/tokens/maintenance'
import type { Log } from '../log.ts'
import { otlpOf } from './otlp.ts'
import type { Resource } from './otlp.ts'
import type { FinishedSpan } from './span.ts'
import type { TraceSettings } from './trace-settings.ts'

/** As OpenTelemetry's batch processor has them by default. */
const MOST_WAITING = 2048
const BATCH = 512
const EVERY_MS = 5_000
const SEND_LIMIT_MS = 10_000
/** All that is left at the end. */
const CLOSE_LIMIT_MS = 5_000
/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const passing = new Set([429, 502, 503, 504])

type SpanOutcome = 'exported' | 'dropped'

interface ExporterOptions {
  readonly settings: TraceSettings
  readonly resource: Resource
  readonly network: Network
  readonly clock: Clock
  readonly log: Log
  readonly onOutcome: (outcome: SpanOutcome, count: number) => void
}

interface Exporter {
  add(span: FinishedSpan): void
  readonly waiting: number
  /** Sends what waits, within a limit. */
  close(): Promise<void>
}

export const openExporter = (options: ExporterOptions): Exporter => {
  const { settings, resource, network, clock, log, onOutcome } = options
  let queue: FinishedSpan[] = []
  let failing = false
  const closing = new AbortController()
  const full = { tell: (): void => undefined }

  const note = (failed: string | null): void => {
    if (failing === (failed !== null)) return
    failing = failed !== null
    if (failed === null) log.info('the trace collector takes spans again')
    else log.warn('the trace collector takes no spans; what does not fit in the queue is dropped', { why: failed })
  }

  /** Null: taken. Otherwise why not. */
  const send = async (batch: readonly FinishedSpan[], limit: AbortSignal): Promise<'again' | 'never' | null> => {
    try {
      const { status } = await request(
        settings.endpoint,
        {
          method: 'POST',
          headers: { ...settings.headers, 'content-type': 'application/json' },
          body: otlpOf(batch, resource),
          timeout: SEND_LIMIT_MS,
          bodyLimit: 1024 * 1024,
          signal: limit,
        },
        network,
      )
      const taken = status >= 200 && status < 300
      note(taken ? null : `status ${status}`)
      return taken ? null : passing.has(status) ? 'again' : 'never'
    } catch {
      if (!limit.aborted) note('no answer')
      return 'again'
    }
  }

  const flush = async (limit: AbortSignal): Promise<void> => {
    while (queue.length > 0 && !limit.aborted) {
      const batch = queue.slice(0, BATCH)
      queue = queue.slice(BATCH)
      const refused = await send(batch, limit)
      if (refused === 'again') {
        const room = Math.max(0, MOST_WAITING - queue.length)
        queue = [...batch.slice(0, room), ...queue]
        if (batch.length > room) onOutcome('dropped', batch.length - room)
        return
      }
      onOutcome(refused === null ? 'exported' : 'dropped', batch.length)
    }
  }

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const early = new AbortController()
      full.tell = () => early.abort()
      await clock.sleep(EVERY_MS, AbortSignal.any([closing.signal, early.signal]))
      // A send that runs when the end comes is waited for there, with the end's own limit.
      if (!closing.signal.aborted) await flush(closing.signal)
    }
  }
  const running = run()

  return {
    get waiting() {
      return queue.length
    },
    add: (span) => {
      if (queue.length >= MOST_WAITING || closing.signal.aborted) {
        onOutcome('dropped', 1)
        return
      }
      queue.push(span)
      // Not again and again while the collector is away.
      if (queue.length === BATCH && !failing) full.tell()
    },
    close: async () => {
      closing.abort()
      await running
      const limit = new AbortController()
      const over = new AbortController()
      void clock.sleep(CLOSE_LIMIT_MS, over.signal).then(() => limit.abort())
      await flush(limit.signal)
      over.abort()
      if (queue.length > 0) onOutcome('dropped', queue.length)
      queue = []
    },
  }
}
