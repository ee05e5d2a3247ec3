/**
 * The server sells the new token, and the answer never arrives: the connection is dropped, or the program is killed while
 * it waits. Nobody can get that token back; what can be had is another way in, and not making it worse.
 */
import type { Judgement } from '../behaviours.ts'
import { count } from '../phase.ts'
import type { Phase } from '../phase.ts'
import type { Stage } from '../stage.ts'
import { issued, numbersOf, reused, served } from '../wire.ts'

const behaviour = 'survives-lost-answer'

export const lostAnswer: Phase = {
  name: 'lost-answer',
  title: 'the answer to a refresh gets lost',
  judges: [behaviour],
  run: async (stage) => {
    stage.org.loseAnswer()
    stage.org.expire()
    await stage.job()
    return [await judge(stage, 'The answer got lost')]
  },
}

export const killedWhileWaiting: Phase = {
  name: 'killed-waiting',
  title: 'killed while it waits for the answer to a refresh',
  judges: [behaviour],
  run: async (stage) => {
    const answer = stage.org.holdAnswer()
    stage.org.expire()
    const runs = await stage.start()
    await stage.caught(answer, runs, 1)
    await Promise.all(runs.map((run) => run.kill()))
    answer.open()
    return [await judge(stage, 'It was killed with the answer on its way')]
  },
}

const judge = async (stage: Stage, what: string): Promise<Judgement> => {
  const sold = issued(stage.wire())[0]
  if (sold === undefined) {
    const proof = numbersOf(stage.wire().refreshes)
    return { behaviour, verdict: 'inconclusive', why: 'No token exchange happened whose answer could get lost.', proof }
  }
  await stage.job()
  stage.org.expire()
  const last = stage.mark()
  await stage.job()
  const wire = stage.wire()
  const spent = reused(wire)
  const proof = numbersOf(wire.tokenRequests)
  const replayed =
    spent.length === 0
      ? 'it did not send the spent token again'
      : `it sent the spent token ${count(spent.length, 'more time')}`
  return served(stage.wire(last)) > 0
    ? { behaviour, proof, verdict: 'pass', why: `${what}: it went on by another way in; ${replayed}.` }
    : { behaviour, proof, verdict: 'fail', why: `${what}: it never got in again; ${replayed}.`, byAbsence: true }
}
