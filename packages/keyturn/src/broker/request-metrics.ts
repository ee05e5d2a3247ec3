/**
 * Requests counted and timed, by method, route and status. At a login this would be the dearest part if its labels were
 * put together each time: the few series there are, are found by their parts.
 */
import type { Metrics } from './metrics.ts'

type CountRequest = (method: string, route: string, status: string, seconds: number) => void

const found = <Value>(map: Map<string, Value>, name: string, make: () => Value): Value => {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  map.set(name, made)
  return made
}

export const requestMetrics = (metrics: Metrics): CountRequest => {
  const times = new Map<string, (seconds: number) => void>()
  const counts = new Map<string, Map<string, Map<string, () => void>>>()
  const timesOf = (route: string): ((seconds: number) => void) =>
    metrics.histogram('keyturn_http_request_seconds', 'Time to answer', { route })
  return (method, route, status, seconds) => {
    const byMethod = found(counts, route, () => new Map<string, Map<string, () => void>>())
    const byStatus = found(byMethod, method, () => new Map<string, () => void>())
    found(byStatus, status, () =>
      metrics.counter('keyturn_http_requests_total', 'Requests answered', { method, route, status }),
    )()
    found(times, route, () => timesOf(route))(seconds)
  }
}
