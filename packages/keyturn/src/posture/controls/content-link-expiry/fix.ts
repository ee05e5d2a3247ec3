import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'content-link-expiry',
  'How long a link is needed only its owner can say: set an expiry on the file’s public link.',
)
