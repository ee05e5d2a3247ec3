import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'user-super-admins',
  'Which of these rights the user needs no login shows: take one of the three away, or name the user in `documented`.',
)
