import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'guest-access',
  'What the pages of visitors show no login tells: take the rights from the guest profile one by one, and look at the site after each.',
)
