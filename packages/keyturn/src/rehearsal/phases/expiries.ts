/**
 * Sessions end between the API calls of one process: an API call is held before it is judged, every session is ended,
 * and the call goes on to its 401.
 */
import type { Judgement } from '../behaviours.ts'
import { count } from '../phase.ts'
import type { Phase } from '../phase.ts'
import { chained, issued, numbersOf, reused } from '../wire.ts'
import type { TokenRequest, Wire } from '../wire.ts'

const EXPIRIES = 3

interface Expiry {
  /** API calls that were under way. */
  readonly width: number
  readonly refreshes: readonly TokenRequest[]
}

export const expiries: Phase = {
  name: 'expiries',
  title: 'sessions end while it works',
  judges: ['reads-new-token', 'one-exchange-in-process'],
  run: async (stage) => {
    const { org, profile } = stage
    let gate = org.holdCalls()
    const runs = await stage.start()
    const moments: { readonly mark: number; readonly width: number }[] = []
    while (moments.length < EXPIRIES) {
      const held = await stage.caught(gate, runs, profile.width)
      if (held.length === 0) break
      // Each of them comes again with the new token; the next expiry waits for the call after those.
      const next = org.holdCalls(held.length)
      moments.push({ mark: stage.mark(), width: held.length })
      org.expire()
      gate.open()
      gate = next
    }
    gate.open()
    await stage.finish(runs)
    const found = moments.map(({ mark, width }, index): Expiry => ({
      width,
      refreshes: stage.wire(mark, moments[index + 1]?.mark).refreshes,
    }))
    return [judgeReading(stage.wire(), stage.wire(0), moments.length), judgeSharing(found)]
  },
}

/**
 * `both`: with the undisturbed run before it. A program that asks for a token when it starts shows in the second run what
 * it read in the first; where it sends the spent one then, it may have read the new one and stored it badly.
 */
const judgeReading = (run: Wire, both: Wire, ends: number): Judgement => {
  const behaviour = 'reads-new-token'
  const proof = numbersOf(both.refreshes)
  const [exchanges, spent] = [issued(run), reused(run)]
  const verdict = (is: Judgement['verdict'], why: string): Judgement => ({ behaviour, verdict: is, why, proof })
  if (exchanges.length === 0)
    return spent.length > 0
      ? verdict(
          'inconclusive',
          'Started again, it sent the spent token: it did not read the new one, or did not store it.',
        )
      : verdict('inconclusive', 'No token exchange happened when its session had ended.')
  if (spent.length > 0)
    return verdict(
      'fail',
      `After its first exchange it sent the spent refresh token again, ${count(spent.length, 'time')}.`,
    )
  if (chained(run).length > 0)
    return verdict(
      'pass',
      `${count(exchanges.length, 'exchange')} in one run, each with the token that the one before had brought.`,
    )
  if (chained(both).length > 0)
    return verdict('pass', 'One exchange in a run, and the next run sent the token that it had brought.')
  return verdict(
    'inconclusive',
    `Its session ended ${count(ends, 'time')} in one run and it made one exchange: nothing shows which refresh token it would send next. Let a run make more API calls.`,
  )
}

const judgeSharing = (expiriesSeen: readonly Expiry[]): Judgement => {
  const behaviour = 'one-exchange-in-process'
  const wide = expiriesSeen.filter(
    ({ width, refreshes }) => width > 1 && refreshes.some(({ outcome }) => outcome === 'issued'),
  )
  const proof = numbersOf(wide.flatMap(({ refreshes }) => refreshes))
  const [first] = wide
  if (first === undefined) {
    const why = expiriesSeen.some(({ width }) => width > 1)
      ? 'No token exchange happened while several API calls were under way.'
      : 'It never had two API calls under way at once when its session ended, so nothing had to be shared.'
    return { behaviour, proof, verdict: 'inconclusive', why }
  }
  const worse = wide.find(({ refreshes }) => refreshes.length > 1)
  if (worse !== undefined) {
    const why = `${count(worse.refreshes.length, 'token request')} for one expiry that ${count(worse.width, 'API call')} met together.`
    return { behaviour, proof, verdict: 'fail', why }
  }
  const why = `One token request for each expiry that ${first.width} API calls met together.`
  return { behaviour, proof, verdict: 'pass', why }
}
