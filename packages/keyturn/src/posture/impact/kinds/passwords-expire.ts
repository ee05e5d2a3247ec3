/**
 * Passwords end after so many days: a person is asked for a new one at the login page, a program that logs in by user name
 * and password is refused. What lives on a token or a certificate is not concerned.
 */
import type { Judge, Verdict } from '../judge.ts'
import { asItsUser, certain, possible } from '../judge.ts'
import type { Seen } from '../seen.ts'
import type { Use } from '../use.ts'

const day = 86_400_000
const path = 'Security.passwordPolicies.expiration'

/** A profile with a rule of its own does not go by the org's. */
const isConcerned = (profile: string | null, use: Use, seen: Seen): boolean | null => {
  const own = seen.profileOf(use.user)
  if (own === undefined) return null
  if (profile !== null) return own.name === profile
  return own.overrides.is === 'unknown' ? null : !(path in own.overrides.value)
}

const judgeProgram = (use: Use, days: number, seen: Seen): Verdict => {
  const user = seen.userOf(use.user)
  if (user === undefined) return possible('How old its password is was not read.')
  if (user.permissions.is === 'known' && user.permissions.value.includes('PasswordNeverExpires')) return null
  if (user.passwordChanged.is === 'unknown' || user.passwordChanged.value === null)
    return possible('How old its password is is not known.')
  const age = Math.floor((seen.evidence.takenAt - user.passwordChanged.value) / day)
  return age >= days
    ? certain(`It logs in by a password that is ${age} days old, and would be refused until that is changed.`)
    : possible(`It logs in by a password that would end in ${days - age} days, unless somebody changes it in time.`)
}

/** What clicks its way through the login page as a machine's user can't choose a new password either. */
const isProgram = ({ kind, user }: Use, seen: Seen): boolean =>
  kind === 'soap' || kind === 'oauth-password' || (kind === 'person' && seen.userOf(user)?.nature.is === 'machine')

export const passwordsExpire: Judge<'passwords-expire'> = {
  needs: ['users', 'profiles', 'logins'],
  prepare:
    ({ profile, days }, seen) =>
    (use) => {
      if (use.from === 'caller') return asItsUser
      if (use.from !== 'login' || !isProgram(use, seen)) return null
      const concerned = isConcerned(profile, use, seen)
      if (concerned === false) return null
      const verdict = judgeProgram(use, days, seen)
      return concerned === null && verdict !== null ? possible('Which rule its profile goes by is not known.') : verdict
    },
}
