/** A store that answers late before the first byte or after the last: what became of the request is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble, openParts } from '../../src/keyturn.ts'
import type { Store } from '../../src/store/store.ts'
import { DESCRIBE, startOrg } from './org.ts'

const limits = { connect: 30_000, wait: 50, send: 10_000, doubt: 10_000, read: 20_000, stale: 20 }

/** A store whose first answer to `held` comes only when the loop that waits for a token has given up this exchange. */
const slow = (
  store: Store,
  held: 'look' | 'answered',
  begun: () => void,
): { readonly store: Store; readonly held: () => boolean } => {
  let state: 'before' | 'holding' | 'over' = 'before'
  let waitIsOver = (): void => undefined
  const over = new Promise<void>((resolve) => (waitIsOver = resolve))
  const hold = async (): Promise<void> => {
    if (state !== 'before') return
    state = 'holding'
    begun()
    await over
  }
  return {
    held: () => state === 'over',
    store: {
      ...store,
      look: async (grantId) => {
        if (held === 'look') await hold()
        return store.look(grantId)
      },
      apply: async (grantId, event, puts) => {
        if (held === 'answered' && 'type' in event && event.type === 'answered') await hold()
        return store.apply(grantId, event, puts)
      },
      // That loop naps until something changes; what it looks at then is the grant.
      changed: async (ms) => {
        if (state === 'holding') {
          state = 'over'
          waitIsOver()
        }
        return store.changed(ms)
      },
    },
  }
}

for (const [held, when, passes] of [
  ['look', 'before the first byte', 0],
  ['answered', 'when the answer was heard', 0],
  ['answered', 'when the answer was heard, past the moment at which others may doubt', limits.doubt + 1],
] as const)
  test(`a store that is slow ${when} leaves no doubt: whoever waits gets the token of this one exchange`, async (t) => {
    const org = await startOrg(t)
    await org.add()
    assert.equal(await org.call(), 200)
    org.expire()
    const parts = await openParts(org.options)
    const { store, held: wasHeld } = slow(parts.store, held, () => org.advance(passes))
    const keyturn = await assemble({ ...parts, store }, { ...org.options, limits })
    assert.equal((await keyturn.fetch('acme', DESCRIBE)).status, 200)
    await keyturn.close()
    assert.equal(wasHeld(), true)
    const kinds = (await org.keyturn.store.ledger(1, 1000)).map(({ kind }) => kind)
    assert.deepEqual(
      kinds.filter((kind) => ['claimed', 'released', 'in-doubt', 'exchanged'].includes(kind)),
      ['claimed', 'exchanged', 'claimed', 'exchanged'],
    )
    const { exchanges, reuses, unknownOutcomes } = org.counters()
    assert.deepEqual({ exchanges, reuses, unknownOutcomes }, { exchanges: 2, reuses: 0, unknownOutcomes: 0 })
  })
