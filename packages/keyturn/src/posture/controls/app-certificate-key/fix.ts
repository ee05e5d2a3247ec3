import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'app-certificate-key',
  'A larger key is a new one, which the client has to have: `keyturn rotate` makes it, deploys it and proves it by a login.',
)
