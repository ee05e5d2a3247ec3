import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'login-soap-permission',
  'The permission would let it go on, and a fix opens nothing: move the client off login() or behind the broker (`keyturn serve`).',
)
