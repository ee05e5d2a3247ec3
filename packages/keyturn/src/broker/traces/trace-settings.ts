/**
 * Where traces go, from `broker.traces` and the variables of the OpenTelemetry specification
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). Null: nowhere, and then nothing is measured.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import { samplerNames } from './sampler.ts'
import type { SamplerName } from './sampler.ts'

export interface TraceSettings {
  readonly endpoint: URL
  /** What the collector wants to see; may hold its password. */
  readonly headers: Readonly<Record<string, Secret>>
  readonly service: string
  readonly sampler: SamplerName
  readonly ratio: number
  /** `traceparent` is sent on to the org. */
  readonly upstream: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const invalid = (message: string): KeyturnError => new KeyturnError('CONFIG_INVALID', `broker.traces: ${message}`)

const endpointOf = (base: string | undefined, env: Environment): URL | null => {
  const exact = base === undefined ? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] : undefined
  const given = exact || base || env['OTEL_EXPORTER_OTLP_ENDPOINT']
  if (!given) return null
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid('the endpoint is no http(s) address')
  if (url.username !== '' || url.password !== '')
    throw invalid('the endpoint holds a password; use OTEL_EXPORTER_OTLP_HEADERS')
  if (!exact) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`
  return url
}

/** `name=value,…`, percent-encoded as in W3C Baggage. */
const headersOf = (text: string): Readonly<Record<string, Secret>> =>
  Object.fromEntries(
    text.split(',').flatMap((pair): [string, Secret][] => {
      const equals = pair.indexOf('=')
      const name = pair.slice(0, Math.max(0, equals)).trim().toLowerCase()
      if (name === '') return []
      try {
        return [[name, new Secret(decodeURIComponent(pair.slice(equals + 1).trim()))]]
      } catch {
        throw invalid(`the value of ${name} in OTEL_EXPORTER_OTLP_HEADERS is not encoded correctly`)
      }
    }),
  )

const samplerOfEnv = (env: Environment): Pick<TraceSettings, 'sampler' | 'ratio'> => {
  const name = env['OTEL_TRACES_SAMPLER'] || 'parentbased_always_on'
  const sampler = samplerNames.find((each) => each === name)
  if (sampler === undefined) throw invalid(`OTEL_TRACES_SAMPLER is one of ${samplerNames.join(', ')}`)
  const ratio = Number(env['OTEL_TRACES_SAMPLER_ARG'] || '1')
  if (!(ratio >= 0 && ratio <= 1)) throw invalid('OTEL_TRACES_SAMPLER_ARG is a share from 0 to 1')
  return { sampler, ratio }
}

/** Throws CONFIG_INVALID. */
export const traceSettings = (
  section: { readonly endpoint?: string | undefined; readonly upstream?: boolean | undefined } | undefined,
  env: Environment,
): TraceSettings | null => {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return null
  const endpoint = endpointOf(section?.endpoint, env)
  if (endpoint === null) return null
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'] || 'http/json'
  // Collectors take JSON and protobuf at one port; gRPC has another one.
  if (protocol === 'grpc') throw invalid('OTLP over gRPC is not spoken here; name the HTTP port (4318)')
  return {
    endpoint,
    headers: headersOf(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] || env['OTEL_EXPORTER_OTLP_HEADERS'] || ''),
    service: env['OTEL_SERVICE_NAME'] || 'keyturn',
    ...samplerOfEnv(env),
    upstream: section?.upstream ?? false,
  }
}
