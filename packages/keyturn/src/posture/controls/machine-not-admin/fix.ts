import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'machine-not-admin',
  'An integration user has to take its place first: `keyturn provision integration-user` makes one with the rights it needs.',
)
