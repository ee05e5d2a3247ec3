/**
 * The step that stages a pair in the org and stores it, and its way back. The answer that tells the secret may be lost:
 * what was not there before is then ours; what nobody here staged is left alone.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { StepOutcome } from '../../rotator.ts'
import { deleteStaged, stagedPairs, stagePair } from './consumers.ts'
import type { StagedPair } from './consumers.ts'
import { orgOf, placeOf, switches } from './pair.ts'
import type { Context, Step } from './pair.ts'

const keepPair = async (context: Context, pair: StagedPair): Promise<void> => {
  if (pair.secret === null) throw new KeyturnError('ORG_REFUSED', 'The org shows no secret of the staged pair')
  await context.keep({
    data: { staged: pair.id },
    version: { staged: pair.id, key: pair.key },
    secrets: { consumerKey: new Secret(pair.key), consumerSecret: pair.secret },
  })
}

export const stage: Step = {
  name: 'stage',
  does: 'Stages a new pair in the org and stores it',
  reaches: 'staged',
  needs: switches,
  async run(context): Promise<StepOutcome> {
    const org = orgOf(context)
    const place = await placeOf(context)
    if (typeof context.data['staged'] === 'string') return { is: 'done', note: `staged as ${context.data['staged']}` }
    const there = await stagedPairs(org, place)
    const { before } = context.data
    const known = Array.isArray(before) ? before.map(String) : null
    // Ours, of a try whose answer was lost: what wasn't there before that try.
    const ours = known === null ? undefined : there.find(({ id, state }) => state === 'Active' && !known.includes(id))
    if (ours !== undefined) {
      await keepPair(context, ours)
      return { is: 'done', note: `staged as ${ours.id}, found again after a lost answer` }
    }
    const waiting = there.find(({ state }) => state === 'Active')
    if (waiting !== undefined) {
      return {
        is: 'failed',
        problem: {
          code: 'STAGED_BY_OTHERS',
          text: `A pair that Keyturn did not stage waits in this consumer (${waiting.id})`,
          next: 'Find out who is rotating it; delete that staged pair in Setup, or rotate it in, and start again.',
        },
      }
    }
    await context.keep({ data: { before: there.map(({ id }) => id) } })
    const pair = await stagePair(org, place)
    await keepPair(context, pair)
    return { is: 'done', note: `staged as ${pair.id}` }
  },
  async undo(context) {
    // It never came so far as to know where.
    if (context.data['app'] === undefined) return { is: 'done', note: 'nothing was staged' }
    const org = orgOf(context)
    const place = await placeOf(context)
    const { staged, before } = context.data
    const known = Array.isArray(before) ? before.map(String) : null
    const ours =
      typeof staged === 'string'
        ? [staged]
        : known === null
          ? []
          : (await stagedPairs(org, place)).filter(({ id }) => !known.includes(id)).map(({ id }) => id)
    for (const id of ours) await deleteStaged(org, place, id)
    return { is: 'done', note: ours.length === 0 ? 'nothing was staged' : 'the staged pair was deleted' }
  },
}
