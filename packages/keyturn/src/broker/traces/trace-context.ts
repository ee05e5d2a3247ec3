/** W3C Trace Context (https://www.w3.org/TR/trace-context/): `traceparent`, read strictly and written in version 00. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

// A later version may append fields; 00 may not, and ff is none (§3.2.2.1).
const shape = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Null for everything that is not well-formed: the trace begins here then. */
export const readTraceparent = (header: string | readonly string[] | undefined): TraceContext | null => {
  if (typeof header !== 'string' || header.length > 512) return null
  const [, version, traceId, spanId, flags, more] = shape.exec(header) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  if (version === '00' && more !== undefined) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export const writeTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
