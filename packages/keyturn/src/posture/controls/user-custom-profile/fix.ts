import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'user-custom-profile',
  'Which rights its people need a person has to say: make a profile of least rights and move them over in groups.',
)
