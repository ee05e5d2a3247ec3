import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'app-same-name',
  'Which of them is the right one a person has to say: rename the company’s own; block the stranger and revoke its tokens.',
)
