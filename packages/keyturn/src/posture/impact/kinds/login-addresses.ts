/**
 * Login ranges of a profile refuse logins from elsewhere, and exchanges of refresh tokens too, as far as the app does not
 * relax them. JWT and SAML bearer keep to the ranges whatever the app says; no value of LoginSubType names them.
 */
import type { AppFact } from '../../facts.ts'
import type { Judge, Verdict } from '../judge.ts'
import { possible, unseen } from '../judge.ts'
import type { Seen } from '../seen.ts'
import { byAddress } from '../tied-address.ts'
import type { Use } from '../use.ts'

/** Whether the app lets its users walk around the ranges; null: it can’t be told. */
const isRelaxed = (app: AppFact | null, { flow, from }: Use): boolean | null => {
  if (app === null || app.ipRelaxation.is === 'unknown') return null
  const value = app.ipRelaxation.value
  const refreshes = flow === 'refresh' || from === 'token'
  if (value === 'ENFORCE') return false
  const unknown = from === 'self' && flow === null
  if (value === 'ENFORCE_RELAXREFRESH') return refreshes ? true : unknown ? null : false
  if (value === 'BYPASS_2FACTOR' || unknown) return null
  // It may be an assertion; of our own account it is known to be one.
  return flow === 'unsaid' ? (from === 'self' ? false : null) : true
}

const softened = (verdict: Verdict, use: Use, seen: Seen): Verdict => {
  if (verdict === null || verdict.is === 'as-its-user' || use.kind !== 'oauth') return verdict
  const relaxed = isRelaxed(seen.apps.ownerOf(use), use)
  if (relaxed === true) return null
  if (relaxed === false || verdict.is !== 'certain') return verdict
  return possible(`${verdict.why} Whether its app relaxes the ranges can’t be told.`)
}

const notRead = 'whose profile they have was not read'

export const loginAddresses: Judge<'login-addresses'> = {
  needs: ['users', 'apps', 'tokens', 'logins'],
  prepare:
    ({ profile, ranges }, seen) =>
    (use) => {
      const user = seen.userOf(use.user)
      const isMeant = profile === null || (user !== undefined && [user.profile, user.profileId].includes(profile))
      if (user === undefined && profile !== null) {
        const verdict = softened(byAddress(use, ranges, seen), use, seen)
        return verdict?.is === 'certain'
          ? possible(`${verdict.why} Its profile was not read.`)
          : verdict && unseen(notRead)
      }
      return isMeant ? softened(byAddress(use, ranges, seen), use, seen) : null
    },
}
