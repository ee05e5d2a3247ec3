/**
 * An assertion opens one session (RFC 7523 §3, `jti`): the store remembers what was used until nobody would take it any
 * more, so that every replica knows. The record's id begins with that moment: what may be forgotten comes first.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Store } from '@keyturn/tokens'
import { digestOf, forgottenAt } from './assertion.ts'
import type { Assertion } from './assertion.ts'

interface UsedAssertions {
  /** True for the first one who asks. Throws STORE_UNAVAILABLE: what nobody can remember is not taken. */
  use(assertion: Assertion, caller: string): Promise<boolean>
}

const kind = 'used-assertion'
const FORGET_EVERY_MS = 60_000

export const usedAssertions = (store: Pick<Store, 'records'>, clock: Clock): UsedAssertions => {
  let forgotAt = Number.NEGATIVE_INFINITY

  const forget = async (): Promise<void> => {
    if (clock.boot() - forgotAt < FORGET_EVERY_MS) return
    forgotAt = clock.boot()
    const now = clock.wall()
    const over = (await store.records.list(kind)).filter(({ id }) => Number(id.split('/')[0]) < now)
    if (over.length > 0) {
      const removals = over.map(({ id }) => ({ kind, id }))
      await store.records.putAll([], undefined, removals)
    }
  }

  return {
    use: async (assertion, caller) => {
      const until = String(Math.ceil(forgottenAt(assertion))).padStart(15, '0')
      try {
        await store.records.put({ kind, id: `${until}/${digestOf(assertion, caller)}`, doc: null, expect: null })
      } catch (error) {
        if (error instanceof KeyturnError && error.code === 'CLAIM_LOST') return false
        throw error
      }
      // Housekeeping; what it could not do is done the next time.
      await forget().catch(() => undefined)
      return true
    },
  }
}
