import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'token-inventory-complete',
  'More can be read only by an auditor with Customize Application; of one user with too many tokens revoke what is old, in Setup, Connected Apps OAuth Usage.',
)
