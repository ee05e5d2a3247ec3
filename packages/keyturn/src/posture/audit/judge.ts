/**
 * Judges a snapshot: every control that a profile asks, each for itself. Facts come from an org, or from a file that
 * somebody may have edited: a judge that stumbles over them has no verdict, and that is unknown; the others go on.
 */
import type { Control, Judgement, Parameters, ProfileName } from '../control.ts'
import { noFacts } from '../no-facts.ts'
import type { Snapshot } from '../snapshot.ts'
import { chosenControls } from './profiles.ts'
import type { Judged } from './report.ts'

type Judging = Pick<Snapshot, 'facts' | 'takenAt' | 'org'>

const judgementOf = (control: Control, parameters: Parameters, { facts, takenAt, org }: Judging): Judgement => {
  try {
    return control.judge({ ...noFacts, ...facts }, parameters, { takenAt, org })
  } catch (error) {
    const text = `the facts have a form that ${control.id} cannot read: ${error instanceof Error ? error.message : String(error)}`
    return { verdict: 'unknown', why: text, evidence: [{ subject: 'facts', text, facts: {} }] }
  }
}

export const judgeAll = (controls: readonly Control[], snapshot: Judging, profile: ProfileName): readonly Judged[] =>
  chosenControls(controls, profile).map(({ control, parameters }) => ({
    control,
    parameters,
    judgement: judgementOf(control, parameters, snapshot),
  }))
