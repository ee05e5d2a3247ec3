import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'certificate-key-size',
  'A larger key is a new certificate, to be put where the old one is used: `keyturn rotate` does it for JWT logins; the others in Setup, Certificate and Key Management.',
)
