import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'people-mfa',
  'Only the person can register a method, with the device in hand: ask them to, before the org demands it.',
)
