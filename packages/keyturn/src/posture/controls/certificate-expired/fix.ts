import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'certificate-expired',
  'A certificate is replaced where it is used, and by those who check it: `keyturn rotate` does it for JWT logins; the others in Setup, Certificate and Key Management.',
)
