/** Started again and again with the same environment and folder, each time with a dead session. */
import type { Judgement } from '../behaviours.ts'
import { count } from '../phase.ts'
import type { Phase } from '../phase.ts'
import type { Stage } from '../stage.ts'
import { chained, issued, numbersOf, reused, served } from '../wire.ts'

const behaviour = 'survives-restart'
const STARTS = 3

export const restarts: Phase = {
  name: 'restarts',
  title: 'started again, with the same environment and folder',
  judges: [behaviour],
  run: async (stage) => {
    let last = 0
    for (let n = 0; n < STARTS; n++) {
      stage.org.expire()
      last = stage.mark()
      await stage.job()
    }
    return [judge(stage, last)]
  },
}

const judge = (stage: Stage, last: number): Judgement => {
  const wire = stage.wire()
  const proof = numbersOf(wire.refreshes)
  const verdict = (is: Judgement['verdict'], why: string): Judgement => ({ behaviour, verdict: is, why, proof })
  const [exchanges, spent] = [issued(wire), reused(wire)]
  if (exchanges.length === 0) return verdict('inconclusive', `${STARTS} starts: no token exchange happened.`)
  if (spent.length > 0)
    return verdict('fail', `Started again, it sent the spent refresh token (${count(spent.length, 'time')}).`)
  if (served(stage.wire(last)) === 0)
    return {
      ...verdict('fail', `The last of ${STARTS} starts got no API call through; it had no usable token.`),
      byAbsence: true,
    }
  if (chained(wire).length === 0)
    return verdict('inconclusive', 'It got its later tokens in another way than with the refresh token it was given.')
  return verdict(
    'pass',
    `${STARTS} starts: ${count(exchanges.length, 'exchange')}, each with the token of the one before.`,
  )
}
