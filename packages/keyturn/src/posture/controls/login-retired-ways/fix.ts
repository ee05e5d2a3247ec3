import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'login-retired-ways',
  'The client has to learn another way: JWT bearer or the web-server flow; what can’t change goes on behind the broker (`keyturn serve`).',
)
