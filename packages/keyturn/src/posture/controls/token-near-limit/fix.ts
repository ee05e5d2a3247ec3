import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'token-near-limit',
  'Which of the approvals are still used by what a person has to say: revoke the others, and give each integration a user of its own.',
)
