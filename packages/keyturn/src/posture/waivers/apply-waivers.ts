/**
 * Puts waivers over findings, and tells which waivers are themselves a finding: expired ones, and those that cover
 * nothing. One whose control could not be judged is not called unused: nobody can tell.
 */
import type { Finding, Result, WaivedFinding } from '../audit/result.ts'
import { isExpired, subjectFits, waiverSubject } from './waiver.ts'
import type { Waiver } from './waiver.ts'

type WaiverState = 'in-use' | 'expired' | 'unused' | 'unknown-control' | 'not-asked' | 'undecided'

export interface WaiverUse extends Waiver {
  readonly state: WaiverState
  /** Findings it covers; for an expired one: would cover. */
  readonly findings: number
}

interface Waived {
  readonly results: readonly Result[]
  readonly waivers: readonly WaiverUse[]
}

interface Applying {
  readonly waivers: readonly Waiver[]
  readonly now: number
  /** Ids of all controls there are, asked in this audit or not. */
  readonly known: readonly string[]
}

export const applyWaivers = (results: readonly Result[], { waivers, now, known }: Applying): Waived => {
  const inForce = waivers.filter((waiver) => !isExpired(waiver, now))
  const over = (result: Result): Result => {
    const mine = inForce.filter(({ control }) => control === result.control)
    if (mine.length === 0 || result.findings.length === 0) return result
    const waived: WaivedFinding[] = []
    const left: Finding[] = []
    for (const finding of result.findings) {
      const waiver = mine.find(({ subject }) => subjectFits(subject, finding.subject))
      if (waiver === undefined) left.push(finding)
      else waived.push({ ...finding, waiver: detailsOf(waiver) })
    }
    // Nothing of it passes by a waiver: what is left undecided makes it unknown again.
    const verdict = left.length > 0 ? 'fail' : result.open.length > 0 ? 'unknown' : 'waived'
    return { ...result, verdict, findings: left, waived }
  }
  return { results: results.map(over), waivers: waivers.map((waiver) => useOf(waiver, results, now, known)) }
}

const detailsOf = ({ reason, owner, expires }: Waiver): WaivedFinding['waiver'] => ({ reason, owner, expires })

const useOf = (waiver: Waiver, results: readonly Result[], now: number, known: readonly string[]): WaiverUse => {
  const result = results.find(({ control }) => control === waiver.control)
  const findings = (result?.findings ?? []).filter(({ subject }) => subjectFits(waiver.subject, subject)).length
  const state = (): WaiverState => {
    if (isExpired(waiver, now)) return 'expired'
    if (findings > 0) return 'in-use'
    if (!known.includes(waiver.control)) return 'unknown-control'
    if (result === undefined) return 'not-asked'
    return result.verdict === 'unknown' || result.open.length > 0 ? 'undecided' : 'unused'
  }
  const { control, subject, reason, owner, expires } = waiver
  return { control, subject, reason, owner, expires, state: state(), findings }
}

const texts: Readonly<Partial<Record<WaiverState, (use: WaiverUse) => string>>> = {
  expired: ({ expires, owner, findings }) =>
    `It ended on ${expires}; ${owner} answers for it. ${findings === 0 ? 'Nothing needs it any more.' : `${findings} of its findings are open again.`}`,
  unused: ({ owner }) => `It covers no finding; ${owner} answers for it.`,
  'unknown-control': ({ owner }) => `There is no such control; ${owner} answers for it.`,
}

/** The two controls that look at the waivers themselves; none where there are no waivers. */
export const waiverResults = (uses: readonly WaiverUse[], finding: FindingOf): readonly Result[] => {
  if (uses.length === 0) return []
  const about = (control: string, states: readonly WaiverState[]): readonly Finding[] =>
    uses
      .filter(({ state }) => states.includes(state))
      .map((use) => finding(control, waiverSubject(use), texts[use.state]?.(use) ?? '', { state: use.state }))
  return [
    resultOf(
      {
        control: 'waiver-expired',
        title: 'No waiver is past its day',
        severity: 'medium',
        matters: 'A risk that was accepted until a day, and is still there after it, is accepted by nobody.',
        remedy: 'Mend what it covered, or let its owner decide again and give it a new day.',
      },
      about('waiver-expired', ['expired']),
    ),
    resultOf(
      {
        control: 'waiver-unused',
        title: 'Every waiver covers something',
        severity: 'low',
        matters: 'A waiver that covers nothing today hides the next finding of its name, which nobody has looked at.',
        remedy: 'Take it out of the file, or correct its control and subject.',
      },
      about('waiver-unused', ['unused', 'unknown-control']),
    ),
  ]
}

type FindingOf = (control: string, subject: string, text: string, facts: Finding['facts']) => Finding

const resultOf = (
  text: Pick<Result, 'control' | 'title' | 'severity' | 'matters' | 'remedy'>,
  findings: readonly Finding[],
): Result => ({
  ...text,
  effort: 'minutes',
  catalogues: {},
  parameters: {},
  verdict: findings.length === 0 ? 'pass' : 'fail',
  because:
    findings.length === 0
      ? 'all waivers in order'
      : `${findings.length} ${findings.length === 1 ? 'waiver' : 'waivers'} to look at`,
  findings,
  open: [],
  waived: [],
  aboutWaivers: true,
})
