import { byHand } from '../../fix/subject-fix.ts'

export const fix = byHand(
  'people-sso-bypass',
  'Whoever is made to sign on by the identity provider alone has to be known there first: give the permission by a permission set, person by person.',
)
