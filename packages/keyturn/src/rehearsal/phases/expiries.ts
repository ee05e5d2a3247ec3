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
    return [judgeReading(stage.wire(), moments.length), judgeSharing(found)]
  },
}

const judgeReading = (wire: Wire, ends: number): Judgement => {
  const behaviour = 'reads-new-token'
  const proof = numbersOf(wire.refreshes)
  const [exchanges, spent, links] = [issued(wire), reused(wire), chained(wire)]
  if (exchanges.length === 0) {
    return { behaviour, proof, verdict: 'inconclusive', why: 'No token exchange happened when its session had ended.' }
  }
  if (spent.length > 0) {
    const why = `After its first exchange it sent the spent refresh token again, ${count(spent.length, 'time')}.`
    return { behaviour, proof, verdict: 'fail', why }
  }
  if (links.length === 0) {
    const why = `Its session ended ${count(ends, 'time')} in one run and it made ${count(exchanges.length, 'exchange')}: nothing shows which refresh token it would send next. Let a run make more API calls.`
    return { behaviour, proof, verdict: 'inconclusive', why }
  }
  const why = `${count(exchanges.length, 'exchange')} in one run, each with the refresh token that the one before had brought.`
  return { behaviour, proof, verdict: 'pass', why }
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
