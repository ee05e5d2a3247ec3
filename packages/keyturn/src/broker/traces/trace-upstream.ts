/** A client span for each call to the org, until the head of its answer; and `traceparent` for it where that is wanted. */
import type { Target } from '../proxy/target.ts'
import type { UpstreamAnswer } from '../proxy/upstream.ts'
import type { Traces } from './traces.ts'

interface UpstreamCall {
  readonly grant: string
  readonly host: string
  readonly target: Target
}

export const traceUpstream = (
  traces: Traces | undefined,
  { grant, host, target }: UpstreamCall,
  send: (headers?: Readonly<Record<string, string>>) => Promise<UpstreamAnswer>,
): Promise<UpstreamAnswer> => {
  if (traces === undefined) return send()
  const attributes = {
    'http.request.method': target.method,
    'server.address': host,
    'keyturn.api': target.api,
    'keyturn.grant': grant,
  }
  return traces.around(`${target.method} ${target.api}`, 'client', attributes, async (span) => {
    const answer = await send(traces.upstream(span))
    const { statusCode } = answer.message
    if (statusCode !== undefined) span?.set('http.response.status_code', statusCode)
    return answer
  })
}
