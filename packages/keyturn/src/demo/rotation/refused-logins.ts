/** That servers of the org disagree on which key or pair is known shows in logins that are refused and then not. */
import type { SimEvent } from '../org.ts'

/** Logins that the token endpoint refused. */
export const refusedLogins = (events: readonly SimEvent[]): number => {
  const logins = new Set<number>()
  let refused = 0
  for (const event of events) {
    if (event.kind === 'arrived' && event.endpoint === 'token') logins.add(event.request)
    if (event.kind === 'refused' && logins.has(event.request)) refused += 1
  }
  return refused
}
