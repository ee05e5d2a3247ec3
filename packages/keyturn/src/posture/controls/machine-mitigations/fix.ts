import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'machine-mitigations',
  'Each of the limits has a fix of its own (machine-ip-ranges, app-scope-full, app-refresh-lifetime, machine-dedicated): mend as many of these as are asked for.',
)
