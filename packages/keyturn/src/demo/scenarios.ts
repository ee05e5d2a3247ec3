/** The scenarios in the order in which they are told. */
import type { Scenario } from './scenario.ts'
import { expiries } from './scenarios/expiries.ts'
import { killedWhileReading } from './scenarios/killed-while-reading.ts'
import { killedWithSpare } from './scenarios/killed-with-spare.ts'
import { lostAnswerWithSpare } from './scenarios/lost-answer-with-spare.ts'
import { lostAnswer } from './scenarios/lost-answer.ts'
import { outage } from './scenarios/outage.ts'
import { uncurable } from './scenarios/uncurable.ts'

export const scenarios: readonly Scenario[] = [
  expiries,
  lostAnswerWithSpare,
  lostAnswer,
  outage,
  killedWithSpare,
  killedWhileReading,
  uncurable,
]
