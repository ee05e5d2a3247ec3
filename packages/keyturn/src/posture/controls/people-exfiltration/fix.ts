import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'people-exfiltration',
  'Which of these rights the person needs for their work no login shows: take them one by one, or name the person in `documented`.',
)
