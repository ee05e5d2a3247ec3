/**
 * The API answers 401 whatever the token: an IP range, a scope, an app policy. A program that refreshes at every 401 and
 * tries again rotates its token hundreds of times a second.
 */
import type { Judgement } from '../behaviours.ts'
import { count } from '../phase.ts'
import type { Phase } from '../phase.ts'
import { ENOUGH_OF_A_STORM } from '../stage.ts'
import { issued, numbersOf, reused } from '../wire.ts'
import type { Wire } from '../wire.ts'

const behaviour = 'no-storm'
/** A careful program needs one; one per call that was under way is clumsy, and ends. */
const MOST = 5

export const uncurable: Phase = {
  name: 'uncurable',
  title: 'a 401 that no token cures',
  judges: [behaviour],
  run: async (stage) => {
    const { org, profile } = stage
    const gate = org.holdCalls()
    const runs = await stage.start()
    await stage.caught(gate, runs, profile.width)
    org.refuseEverybody()
    gate.open()
    await stage.finish(runs)
    return [judge(stage.wire())]
  },
}

const judge = (wire: Wire): Judgement => {
  const { tokenRequests, calls } = wire
  const proof = numbersOf(tokenRequests)
  const verdict = (is: Judgement['verdict'], why: string): Judgement => ({ behaviour, verdict: is, why, proof })
  if (issued(wire).length === 0)
    return verdict(
      'inconclusive',
      `No token exchange happened when ${count(calls.length, 'API call')} had been refused.`,
    )
  const asked = count(tokenRequests.length, 'token request')
  if (tokenRequests.length > ENOUGH_OF_A_STORM)
    return verdict(
      'fail',
      `${asked} and ${count(calls.length, 'API call')} until it was ended: it never stops by itself.`,
    )
  if (tokenRequests.length > MOST) return verdict('fail', `${asked} in one run, for a 401 that no token cures.`)
  if (reused(wire).length > 0) return verdict('fail', `${asked} in one run; after the first it sent the spent token.`)
  return verdict('pass', `${asked} and ${count(calls.length, 'API call')} in one run, then it stopped.`)
}
