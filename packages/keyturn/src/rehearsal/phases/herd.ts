/** Several copies start with a dead session; their API calls are held until all are there, and all meet the 401 together. */
import type { Judgement } from '../behaviours.ts'
import { count } from '../phase.ts'
import type { Phase } from '../phase.ts'
import type { Run } from '../program.ts'
import type { Stage } from '../stage.ts'
import { inFlight, issued, numbersOf, reused, served } from '../wire.ts'

const behaviour = 'one-exchange-across-processes'
/** So slow that copies which start a little apart still overlap. */
const LATENCY = 400
const ARRIVAL = 20_000
/** Calls go on within so long, if they go on at all; looked at so often. */
const CALM = 10_000
const LOOK = 25

export const herd: Phase = {
  name: 'herd',
  title: 'several copies at once',
  judges: [behaviour],
  run: async (stage) => {
    const { org, profile, copies } = stage
    org.latency(LATENCY)
    const mark = stage.mark()
    org.expire()
    const gate = org.holdCalls()
    const runs = await stage.start(copies)
    const want = copies * profile.width
    await stage.caught(gate, runs, 1)
    const held = await gate.filled(want, ARRIVAL)
    gate.open()
    const works = profile.calls === null ? await allStillCall(stage, runs, want) : null
    await stage.finish(runs)
    return [judge(stage, mark, held.length >= want, works)]
  },
}

/**
 * A program that stays makes no known number of calls. Its copies have come through when none of their calls is refused
 * any more, none has ended, and all meet at a gate again.
 */
const allStillCall = async (stage: Stage, runs: readonly Run[], want: number): Promise<boolean> => {
  const since = stage.mark()
  for (let n = 0; n < CALM / LOOK && served(stage.wire(since)) < want; n++) await stage.pause(LOOK)
  const calm = stage.mark()
  for (let n = 0; n < CALM / LOOK && stage.wire(calm).calls.length < want; n++) await stage.pause(LOOK)
  const refused = stage.wire(calm).calls.filter(({ status }) => status === 401)
  const gate = stage.org.holdCalls()
  const held = await gate.filled(want, CALM / 2)
  gate.open()
  return refused.length === 0 && held.length >= stage.copies && runs.every((run) => !run.isOver())
}

const judge = (stage: Stage, mark: number, met: boolean, works: boolean | null): Judgement => {
  const wire = stage.wire(mark)
  const { copies, profile } = stage
  const [exchanges, spent, overlapping] = [issued(wire), reused(wire), inFlight(wire)]
  const proof = numbersOf(wire.refreshes)
  const verdict = (is: Judgement['verdict'], why: string): Judgement => ({ behaviour, verdict: is, why, proof })
  const asked = count(wire.refreshes.length, 'token request')
  if (spent.length > 0)
    return verdict('fail', `${copies} copies: ${asked} for one expiry, ${spent.length} of them with a spent token.`)
  if (exchanges.length === 0) return verdict('inconclusive', `${copies} copies: no token exchange happened.`)
  if (!met && wire.refreshes.length < 2)
    return verdict('inconclusive', `The ${copies} copies were not at work at the same time.`)
  if (exchanges.length > 1) return verdict('fail', `${copies} copies: ${exchanges.length} exchanges for one expiry.`)
  const wanted = copies * (profile.calls ?? 0)
  const done = served(wire)
  if (works === false || done < wanted) {
    const alone = served(stage.undisturbed())
    if (profile.calls !== null && alone !== profile.calls)
      return verdict(
        'inconclusive',
        `Its runs make different numbers of API calls (${alone}, ${profile.calls}), so whether ${done} were all of ${copies} copies is not known.`,
      )
    const lost = works === false ? 'not all of them went on calling' : `${done} of ${wanted} API calls were served`
    const why = `${copies} copies: ${asked}, ${overlapping.length} refused for overlapping; ${lost}.`
    return { ...verdict('fail', why), byAbsence: true }
  }
  return verdict('pass', `${copies} copies that met one expiry together: one exchange, and all went on calling.`)
}
