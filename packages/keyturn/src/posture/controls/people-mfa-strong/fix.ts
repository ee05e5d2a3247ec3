import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'people-mfa-strong',
  'Only the person can register a security key or the authenticator of their device.',
)
