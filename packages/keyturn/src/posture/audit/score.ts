/**
 * The score of an audit: the weight of what passes among what could be judged. What is unknown is no part of it and is
 * told beside it, with the two scores it would be if all of that failed, or passed. An accepted risk is a risk: a waiver
 * does not raise the score.
 */
import type { Severity } from '../control.ts'
import type { Result } from './result.ts'

export interface Score {
  /** 0–100, rounded down, so that 100 means everything; null: nothing could be judged. */
  readonly value: number | null
  readonly atLeast: number | null
  readonly atMost: number | null
  /** Percent of the weight that could not be judged, rounded up. */
  readonly unknownShare: number
  readonly formula: string
}

const weights: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 2, low: 1, info: 0 }

const formula =
  '100 × weight of the controls that pass ÷ weight of those that pass or fail, rounded down. Weights: critical 10, high 5, medium 2, low 1, info 0. A control fails as a whole, waived or not. What is unknown or not applicable is left out; “at least” counts the unknown as failed, “at most” as passed.'

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : Math.floor((100 * part) / whole))

export const scoreOf = (results: readonly Result[]): Score => {
  const weight = (...verdicts: readonly Result['verdict'][]): number =>
    results
      .filter(({ verdict, aboutWaivers }) => aboutWaivers !== true && verdicts.includes(verdict))
      .reduce((sum, { severity }) => sum + weights[severity], 0)
  const passed = weight('pass')
  const judged = weight('pass', 'fail', 'waived')
  const open = weight('unknown')
  return {
    value: percent(passed, judged),
    atLeast: percent(passed, judged + open),
    atMost: percent(passed + open, judged + open),
    unknownShare: judged + open === 0 ? 0 : Math.ceil((100 * open) / (judged + open)),
    formula,
  }
}
