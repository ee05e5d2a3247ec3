/** All phases, the slow ones first: they wait while the others work. */
import type { Phase } from './phase.ts'
import { expiries } from './phases/expiries.ts'
import { herd } from './phases/herd.ts'
import { killedBeforeUse } from './phases/killed-before-use.ts'
import { killedWhileWaiting, lostAnswer } from './phases/lost-answer.ts'
import { refused } from './phases/refused.ts'
import { restarts } from './phases/restarts.ts'
import { uncurable } from './phases/uncurable.ts'

export const phases: readonly Phase[] = [
  killedWhileWaiting,
  lostAnswer,
  herd,
  uncurable,
  refused,
  restarts,
  killedBeforeUse,
  expiries,
]
