/**
 * OTLP over HTTP in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp): one ExportTraceServiceRequest. Ids are hex
 * and 64-bit numbers are texts there, unlike in ProtoJSON and JSON at large.
 */
import type { Attributes, FinishedSpan, SpanKind } from './span.ts'

export interface Resource {
  readonly service: string
  readonly version: string
  /** Names this replica and this start of it. */
  readonly instance: string
}

const kinds: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3 }
const STATUS_ERROR = 2
const LONGEST = 200

const valueOf = (value: string | number) => {
  if (typeof value === 'string') return { stringValue: value.slice(0, LONGEST) }
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

const pairs = (attributes: Attributes | Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }))

const spanOf = (span: FinishedSpan) => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentId === null ? {} : { parentSpanId: span.parentId }),
  name: span.name,
  kind: kinds[span.kind],
  startTimeUnixNano: String(span.start),
  endTimeUnixNano: String(span.end),
  attributes: pairs(span.attributes),
  ...(span.failed ? { status: { code: STATUS_ERROR } } : {}),
})

export const otlpOf = (spans: readonly FinishedSpan[], { service, version, instance }: Resource): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: pairs({
            'service.name': service,
            'service.version': version,
            'service.instance.id': instance,
            'telemetry.sdk.name': 'keyturn',
            'telemetry.sdk.language': 'nodejs',
          }),
        },
        scopeSpans: [{ scope: { name: 'keyturn', version }, spans: spans.map(spanOf) }],
      },
    ],
  })
