/**
 * kill -9 at the first API call with a new access token. Whoever stores the new refresh token only after that, or when
 * the program ends, comes back with the spent one.
 */
import type { Judgement } from '../behaviours.ts'
import type { Phase } from '../phase.ts'
import type { Run } from '../program.ts'
import type { Gate } from '../simulated-org.ts'
import type { Stage } from '../stage.ts'
import { issued, numbersOf } from '../wire.ts'

const behaviour = 'stores-before-use'

export const killedBeforeUse: Phase = {
  name: 'before-use',
  title: 'killed at its first call with the new token',
  judges: [behaviour],
  run: async (stage) => {
    const { org } = stage
    org.expire()
    const answer = org.holdAnswer()
    const runs = await stage.start()
    await stage.caught(answer, runs, 1)
    const calls = org.holdCalls()
    answer.open()
    const used = await usesNewToken(stage, calls, runs)
    await Promise.all(runs.map((run) => run.kill()))
    calls.open()
    const [first] = issued(stage.wire())
    if (first === undefined || !used) {
      const proof = numbersOf(stage.wire().refreshes)
      const why =
        first === undefined
          ? 'No token exchange happened when it started with a dead session.'
          : 'It made no API call with its new access token, so there was no moment to kill it at.'
      return [{ behaviour, verdict: 'inconclusive', why, proof }]
    }
    const mark = stage.mark()
    // Its new session lives on: one that ended before its first success would look like a 401 that no token cures.
    await stage.job()
    org.expire()
    await stage.job()
    return [judge(stage, mark, first.refreshToken, first.request)]
  },
}

/** Waits until an API call with the access token that was just issued is held. */
const usesNewToken = async (stage: Stage, gate: Gate, runs: readonly Run[]): Promise<boolean> => {
  for (let wanted = 1; ;) {
    const held = await stage.caught(gate, runs, wanted)
    const { calls } = stage.wire()
    const fresh = issued(stage.wire())[0]?.accessToken
    if (calls.some(({ request, token }) => held.includes(request) && token === fresh)) return true
    if (held.length < wanted) return false
    wanted = held.length + 1
  }
}

const judge = (stage: Stage, mark: number, newest: string | null, exchange: number): Judgement => {
  const [next] = stage.wire(mark).refreshes
  if (next === undefined) {
    const why = 'Started again after kill -9, it asked for no token with a refresh token.'
    return { behaviour, verdict: 'inconclusive', why, proof: [exchange] }
  }
  const proof = [exchange, next.request]
  return next.token === newest
    ? { behaviour, verdict: 'pass', proof, why: 'After kill -9 at its first API call it came back with the new token.' }
    : {
        behaviour,
        verdict: 'fail',
        proof,
        why: 'After kill -9 at its first API call with the new token it came back with the spent one.',
      }
}
