/** What a judge gets besides its subject: everything that is known, when, and of which org. */
import type { Control, Judgement, Parameters } from '../control.ts'
import type { Facts, Family } from '../facts.ts'
import type { Snapshot } from '../snapshot.ts'

export interface Asked {
  readonly facts: Facts
  readonly parameters: Parameters
  readonly takenAt: number
  readonly org: Snapshot['org']
}

/** A control as it is written down; its factory adds what it reads and how it judges. */
export type ControlText = Omit<Control, 'families' | 'judge'>

/** A control with a judge of its own. */
export const controlOf = (
  text: ControlText,
  families: readonly Family[],
  judge: (asked: Asked) => Judgement,
): Control => ({
  ...text,
  families,
  judge: (facts, parameters, { takenAt, org }) => judge({ facts, parameters, takenAt, org }),
})
