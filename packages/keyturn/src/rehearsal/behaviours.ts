/** What a rehearsal judges, and what a judgement is. */

export type Verdict = 'pass' | 'fail' | 'inconclusive'

/** What a spent refresh token costs at this server: everything (as documented), or only this request (seen in the field). */
export const reuseModes = ['documented', 'lenient'] as const
export type ReuseMode = (typeof reuseModes)[number]

export const behaviours = [
  { id: 'reads-new-token', title: 'reads the new token' },
  { id: 'stores-before-use', title: 'stores it before use' },
  { id: 'one-exchange-in-process', title: 'one exchange in a process' },
  { id: 'one-exchange-across-processes', title: 'one exchange across processes' },
  { id: 'survives-restart', title: 'survives a restart' },
  { id: 'survives-lost-answer', title: 'survives a lost answer' },
  { id: 'stops-at-invalid-grant', title: 'stops at invalid_grant' },
  { id: 'no-storm', title: 'no storm' },
] as const

export type BehaviourId = (typeof behaviours)[number]['id']

export interface Judgement {
  readonly behaviour: BehaviourId
  readonly verdict: Verdict
  /** One sentence, with the numbers that decide. */
  readonly why: string
  /** Numbers of the wire's requests that prove it, in the order of arrival. */
  readonly proof: readonly number[]
  /** It fails by what it did not do, which proves nothing of a run that was ended too early. */
  readonly byAbsence?: boolean
}

/** The worst decides; what was not shown is worse than what was. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes('fail')
    ? 'fail'
    : verdicts.includes('inconclusive') || verdicts.length === 0
      ? 'inconclusive'
      : 'pass'
