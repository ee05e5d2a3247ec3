import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'user-shadow-admins',
  'Which of these rights the person needs for their work no login shows: replace them one by one by narrower ones, or name the person in `documented`.',
)
