/**
 * Spans of the broker: a request, and what it caused (a call to the org, a look at a token, an exchange). Where a span
 * belongs is carried by AsyncLocalStorage, so that nothing in between has to know of it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '@keyturn/tokens'
import { samplerOf } from './sampler.ts'
import type { AttributeName, Attributes, FinishedSpan, SpanKind } from './span.ts'
import { writeTraceparent } from './trace-context.ts'
import type { TraceContext } from './trace-context.ts'
import type { TraceSettings } from './trace-settings.ts'

export interface Span {
  readonly context: TraceContext
  set(name: AttributeName, value: string | number): void
  end(failed: boolean): void
}

export interface Traces {
  /** A span without anything of ours around it. Null: not sampled. */
  begin(name: string, kind: SpanKind, parent: TraceContext | null): Span | null
  /** Within what runs. Null: nothing sampled runs, and so neither does this one. */
  child(name: string, kind: SpanKind, attributes: Attributes): Span | null
  current(): Span | null
  within<T>(span: Span, work: () => T): T
  /** A span around `work`; one that rejects has failed. */
  around<T>(name: string, kind: SpanKind, attributes: Attributes, work: (span: Span | null) => Promise<T>): Promise<T>
  /** For a request to the org, where the operator wants that. */
  upstream(span: Span | null): Readonly<Record<string, string>>
}

interface TracesOptions {
  readonly settings: TraceSettings
  readonly clock: Clock
  readonly random: (size: number) => Uint8Array
  /** Nanoseconds that only count on. */
  readonly ticks?: () => bigint
  readonly onEnd: (span: FinishedSpan) => void
}

export const openTraces = (options: TracesOptions): Traces => {
  const { settings, clock, random, onEnd, ticks = process.hrtime.bigint } = options
  const sampler = samplerOf(settings.sampler, settings.ratio)
  const running = new AsyncLocalStorage<Span>()
  const hex = (size: number): string => Buffer.from(random(size)).toString('hex')

  const open = (name: string, kind: SpanKind, traceId: string, parentId: string | null): Span => {
    const context = { traceId, spanId: hex(8), sampled: true }
    const attributes: Partial<Record<AttributeName, string | number>> = {}
    const start = BigInt(clock.wall()) * 1_000_000n
    const began = ticks()
    let ended = false
    return {
      context,
      set: (attribute, value) => {
        attributes[attribute] = value
      },
      end: (failed) => {
        if (ended) return
        ended = true
        const { spanId } = context
        onEnd({ traceId, spanId, parentId, name, kind, start, end: start + (ticks() - began), attributes, failed })
      },
    }
  }

  const traces: Traces = {
    begin: (name, kind, parent) => {
      const traceId = parent?.traceId ?? hex(16)
      return sampler(traceId, parent) ? open(name, kind, traceId, parent?.spanId ?? null) : null
    },
    child: (name, kind, attributes) => {
      const parent = running.getStore()
      if (parent === undefined) return null
      const span = open(name, kind, parent.context.traceId, parent.context.spanId)
      for (const [attribute, value] of Object.entries(attributes)) span.set(attribute as AttributeName, value)
      return span
    },
    current: () => running.getStore() ?? null,
    within: (span, work) => running.run(span, work),
    around: async (name, kind, attributes, work) => {
      const span = traces.child(name, kind, attributes)
      if (span === null) return work(null)
      try {
        const result = await running.run(span, () => work(span))
        span.end(false)
        return result
      } catch (error) {
        span.set('error.type', codeOf(error))
        span.end(true)
        throw error
      }
    },
    upstream: (span) => (settings.upstream && span !== null ? { traceparent: writeTraceparent(span.context) } : {}),
  }
  return traces
}

/** A code, never a message: that may quote anything. */
const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'error'
}
