import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'permission-set-groups-current',
  ({ subject }) =>
    `Recalculating is no change of metadata: Setup, Permission Set Groups, ${subject.replace(/^permission-set-group:/u, '')}, Recalculate.`,
)
