import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'app-certificate-expiry',
  'A new certificate needs a new key at the client: `keyturn rotate` makes it, deploys it and proves it by a login.',
)
