/** Whose password never expires. */
import { holdersControl } from '../holders-control.ts'

export const permission = 'PasswordNeverExpires'

export const control = holdersControl({
  id: 'user-password-never-expires',
  title: 'No password is for ever, unless something else rotates it',
  severity: 'medium',
  why: 'The permission is given so that integrations do not stop; then their password is the one that was set up years ago.',
  remedy:
    'Put the credential on a rotation schedule (`keyturn schedule`) and name the user in `documented`, or take the permission away.',
  effort: 'hours',
  catalogues: {},
  profiles: { baseline: { documented: [] }, strict: { documented: [] } },
  permission,
  wrong: 'the password never expires',
})
