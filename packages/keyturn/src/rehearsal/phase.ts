/** One thing that happens to the program, on an org of its own, and what is concluded from it. */
import type { BehaviourId, Judgement } from './behaviours.ts'
import type { Stage } from './stage.ts'

export interface Phase {
  /** Letters and hyphens: part of its org's name. */
  readonly name: string
  /** For the progress line. */
  readonly title: string
  readonly judges: readonly BehaviourId[]
  run(stage: Stage): Promise<readonly Judgement[]>
}

/** `1 call`, `2 calls`. */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
