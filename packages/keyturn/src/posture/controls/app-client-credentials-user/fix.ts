import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'app-client-credentials-user',
  'To name another user lets that user in, and a fix opens nothing: make one (`keyturn provision integration-user`) and name it in the app’s policies.',
)
