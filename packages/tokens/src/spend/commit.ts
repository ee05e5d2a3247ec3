/**
 * An outcome that was heard is written down, however long the store is away: the journal has it, this process has it,
 * and the event is idempotent by its attempt.
 */
import { KeyturnError } from '../errors.ts'
import type { GrantState } from '../protocol/state.ts'
import type { Runtime } from '../runtime.ts'
import type { Applied } from '../store/store.ts'
import type { Outcome } from './outcome.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

/** Throws only when Keyturn is being closed (the journal keeps the outcome) or the store is damaged. */
export const commit = async (rt: Runtime, grantId: string, attempt: string, outcome: Outcome): Promise<Applied> => {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    try {
      const applied = await rt.store.apply(grantId, outcome.event, outcome.puts)
      if (!applied.applied && applied.reason === 'stray' && Object.keys(outcome.sold).length > 0) {
        await rt.store.keepOrphan(grantId, attempt, outcome.sold)
      }
      if (outcome.event.type === 'busy') await rt.store.pace(applied.grant.settings.clientId)
      // While an attempt is in doubt its record is what tells a sent claim from an unsent one: it stays.
      if (concluded(applied.grant.state, attempt)) rt.journal.committed(attempt, applied.mark)
      if (applied.applied) rt.emit(applied.grant, applied.notices)
      return applied
    } catch (error) {
      const held = heldElsewhere(error, outcome)
      if (held !== null) return commit(rt, grantId, attempt, held)
      if (!(error instanceof KeyturnError) || error.kind !== 'unavailable' || rt.closing.aborted) throw error
      await rt.clock.sleep(pause, rt.closing)
    }
  }
}

/**
 * Salesforce sold the token that another grant here holds. One token is never in two records (it would be spent from
 * both), and the one that was sent is used up: this grant is over, the other goes on.
 */
const heldElsewhere = (error: unknown, { event }: Outcome): Outcome | null => {
  if (!(error instanceof KeyturnError) || error.code !== 'TOKEN_HELD_ELSEWHERE' || event.type !== 'answered')
    return null
  const text = `its successor is the refresh token that the grant ${String(error.data.name)} holds: use that one`
  return { event: { type: 'refused', attempt: event.attempt, lineage: event.sent, text }, puts: {}, sold: {} }
}

/** The grant waits for no word about this attempt any more. */
export const concluded = ({ spend, doubt }: GrantState, attempt: string): boolean =>
  spend?.attempt !== attempt && doubt?.attempt !== attempt && doubt?.behind !== attempt
