/** Which traces are recorded: the samplers that OTEL_TRACES_SAMPLER names. */
import type { TraceContext } from './trace-context.ts'

export const samplerNames = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

export type SamplerName = (typeof samplerNames)[number]

type Sampler = (traceId: string, parent: TraceContext | null) => boolean

/**
 * By the last 56 bits of the trace's id, which are random (W3C Trace Context 2 §5.1), so that every program that asks for
 * this share keeps the same traces. The upper 52 of them: a number holds no more.
 */
const byRatio =
  (ratio: number): Sampler =>
  (traceId) =>
    Number.parseInt(traceId.slice(-14, -1), 16) < ratio * 2 ** 52

export const samplerOf = (name: SamplerName, ratio: number): Sampler => {
  const root: Sampler = name.endsWith('traceidratio') ? byRatio(ratio) : () => name.endsWith('always_on')
  return name.startsWith('parentbased_') ? (traceId, parent) => parent?.sampled ?? root(traceId, null) : root
}
