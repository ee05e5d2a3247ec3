import { byHand } from '../../fix/subject-fix.ts'

/** Whether its clients survive it no org shows: that is judged, watched and taken back by a command of its own. */
export const fix = byHand(
  'app-rotation-enabled',
  'A client that does not keep each new token loses access: `keyturn rtr enable NAME APP` asks whether all of them do, switches it on and watches.',
)
