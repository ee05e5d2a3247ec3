import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'admin-share',
  'Who of them needs it a person has to say: move the others to a profile of their own with permission sets.',
)
