/**
 * Spans of what the library does for the broker: a look at the org at login, waiting for a new token, an exchange. An
 * exchange is known by its events, which come in the context of whoever began it.
 */
import type { Keyturn } from '@keyturn/tokens'
import type { Span, Traces } from './traces.ts'

/** A look at the data API proves a token; everything else asks whose it is. */
const purposeOf = (path: string): string => (path.startsWith('/services/data/') ? 'probe' : 'identity')

export const tracedKeyturn = (keyturn: Keyturn, traces: Traces): Keyturn => ({
  ...keyturn,
  rejected: (name, generation) =>
    traces.around('new token', 'internal', { 'keyturn.grant': name, 'keyturn.generation': generation }, () =>
      keyturn.rejected(name, generation),
    ),
  fetch: (name, path, init) =>
    traces.around(purposeOf(path), 'client', { 'keyturn.grant': name }, async (span) => {
      const answer = await keyturn.fetch(name, path, init)
      span?.set('http.response.status_code', answer.status)
      return answer
    }),
})

const ends: ReadonlySet<string> = new Set(['refreshed', 'in-doubt', 'dead', 'blocked', 'fallback', 'fallback-failed'])
const failures: ReadonlySet<string> = new Set(['in-doubt', 'dead', 'blocked', 'fallback-failed', 'unheard'])

/** Returns what ends it. */
export const traceExchanges = (keyturn: Pick<Keyturn, 'on'>, traces: Traces): (() => void) => {
  const open = new Map<string, Span>()
  const end = (grant: string, outcome: string): void => {
    const span = open.get(grant)
    span?.set('keyturn.outcome', outcome)
    span?.end(failures.has(outcome))
    open.delete(grant)
  }
  const stop = keyturn.on('*', ({ type, grant, generation }) => {
    if (type === 'claimed') {
      end(grant, 'unheard')
      const attributes = { 'keyturn.grant': grant, 'keyturn.generation': generation }
      const span =
        traces.current() === null
          ? traces.begin('exchange', 'client', null)
          : traces.child('exchange', 'client', attributes)
      if (span === null) return
      span.set('keyturn.grant', grant)
      span.set('keyturn.generation', generation)
      open.set(grant, span)
    } else if (ends.has(type)) end(grant, type)
  })
  return () => {
    stop()
    for (const grant of [...open.keys()]) end(grant, 'unheard')
  }
}
