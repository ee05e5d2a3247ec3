/** The grant is revoked: the answer is a definite invalid_grant, after which asking again is useless and looks like an attack. */
import type { Judgement } from '../behaviours.ts'
import { count } from '../phase.ts'
import type { Phase } from '../phase.ts'
import { issued, numbersOf } from '../wire.ts'
import type { TokenRequest, Wire } from '../wire.ts'

const behaviour = 'stops-at-invalid-grant'
const STARTS = 2

export const refused: Phase = {
  name: 'refused',
  title: 'the grant is revoked',
  judges: [behaviour],
  run: async (stage) => {
    const { org } = stage
    org.expire()
    await stage.job()
    const before = stage.wire()
    org.revoke()
    org.expire()
    const runs: Wire[] = []
    for (let n = 0; n < STARTS; n++) {
      const mark = stage.mark()
      await stage.job()
      runs.push(stage.wire(mark))
    }
    return [judge(before, runs)]
  },
}

/** Those that left when the refusal had already been answered. */
const afterRefusal = ({ refreshes }: Wire): readonly TokenRequest[] => {
  const first = refreshes.find(({ outcome, definite }) => definite && outcome !== 'issued' && outcome !== 'in-flight')
  return first === undefined ? [] : refreshes.filter(({ at }) => at > (first.ended ?? Infinity))
}

const judge = (before: Wire, runs: readonly Wire[]): Judgement => {
  const asked = runs.flatMap(({ refreshes }) => refreshes)
  const proof = numbersOf([...before.refreshes, ...asked])
  const verdict = (is: Judgement['verdict'], why: string): Judgement => ({ behaviour, verdict: is, why, proof })
  if (issued(before).length === 0) return verdict('inconclusive', 'No token exchange happened before the grant ended.')
  if (!asked.some(({ definite }) => definite))
    return verdict(
      'inconclusive',
      'It was never told invalid_grant: it sent no refresh token after the grant had ended.',
    )
  const more = runs.map((run) => afterRefusal(run).length)
  const most = Math.max(...more)
  if (most > 0) return verdict('fail', `Told invalid_grant, it asked again: ${count(most, 'more time')} in one run.`)
  return verdict(
    'pass',
    `${count(asked.length, 'token request')} in ${STARTS} starts; none after it was told invalid_grant.`,
  )
}
