import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'user-password-age',
  'A new password has to reach whoever uses it: `keyturn rotate` changes those of machines; people change theirs at the next login once they expire.',
)
