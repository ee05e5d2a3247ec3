import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'app-machine-certificate',
  'The client has to sign with a key of its own: `keyturn provision app` makes an app with a certificate, and `keyturn rotate` keeps it fresh.',
)
