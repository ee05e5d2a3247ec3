/** What goes wrong in a cell of the matrix, the same for all kinds: an answer, a refusal, an outage, a destination. */
import type { FaultSpec } from '@keyturn/simulator'

/** By the simulator, at the next such request of the step. */
export const faults: Readonly<Record<string, FaultSpec>> = {
  'answer lost': { match: { endpoint: 'data' }, action: { drop: 'after' } },
  'request lost': { match: { endpoint: 'data' }, action: { drop: 'before' } },
  refused: {
    match: { endpoint: 'data' },
    action: { status: 403, when: 'before', body: '[{"errorCode":"INSUFFICIENT_ACCESS","message":"not now"}]' },
  },
  outage: { action: { status: 503, when: 'before', html: true } },
  slow: { action: { delayAfterMs: 150 } },
  'metadata answer lost': { match: { endpoint: 'metadata' }, action: { drop: 'after' } },
  'metadata refused': { match: { endpoint: 'metadata' }, action: { status: 403, when: 'before', html: true } },
  'login answer lost': { match: { endpoint: 'token' }, action: { drop: 'after' } },
}

/** The process dies where the step begins, or before its end is written down. */
export const deaths = ['killed before', 'killed after'] as const

/** The step is under way when its process dies, and a person wants it all back. */
export const cancels = ['cancelled', 'cancelled, destination away'] as const

/** For kinds that tell consumers: no answer four times, none until a person mends it, a refusal that only a person ends. */
export const destinations = ['destination failing', 'destination away', 'destination refusing'] as const
