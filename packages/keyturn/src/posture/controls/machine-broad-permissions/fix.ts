import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'machine-broad-permissions',
  'Which objects and fields the integration needs is learned from its use: `keyturn provision integration-user` makes a user with exactly these; then take the broad right away.',
)
