import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'machine-login-hours',
  'At which hours its job runs the logins that are kept do not show: set the login hours of its profile in Setup.',
)
