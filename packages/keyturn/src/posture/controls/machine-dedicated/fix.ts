import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'machine-dedicated',
  'A user of its own needs its clients to log in as it: `keyturn provision integration-user` makes one; move the apps apart.',
)
