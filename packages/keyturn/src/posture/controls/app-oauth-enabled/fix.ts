import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'app-oauth-enabled',
  'What the app is for only its owner can say: give it OAuth settings, or waive it.',
)
