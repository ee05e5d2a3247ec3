/**
 * A second factor at the login page, which stands before the approval of an app, too. Programs, the API and single sign-on
 * are not asked by Salesforce; who has a method is asked for it and gets in; who has none is stopped until they have a
 * device to register.
 */
import type { UserFact } from '../../facts.ts'
import type { Judge, Verdict } from '../judge.ts'
import { certain, possible } from '../judge.ts'
import type { Seen } from '../seen.ts'
import { lower } from '../seen.ts'
import type { Use } from '../use.ts'

/** Who has no way to answer when it is asked; null: it gets in. `everybody`: who is exempt stays so. */
const withoutMethod = (user: UserFact | undefined, everybody: boolean): Verdict => {
  if (user === undefined) return possible('Whether a method is registered was not read.')
  const { permissions, mfaMethods } = user
  if (permissions.is === 'known') {
    if (permissions.value.includes('ForceTwoFactor') && !permissions.value.includes('BypassMFAForUiLogins')) return null
    if (everybody && permissions.value.includes('BypassMFAForUiLogins')) return null
  }
  if (mfaMethods.is === 'unknown') return possible(`Whether a method is registered is not known: ${mfaMethods.text}.`)
  const lasting = mfaMethods.value.filter((method) => method !== 'temporary-code')
  if (lasting.length > 0) return null
  return mfaMethods.value.length > 0
    ? possible('It has a temporary code only: when that ends it needs a device to register.')
    : certain('No method is registered: it needs a device to register one before it gets in again.')
}

const isAtLoginPage = ({ from, kind }: Use): boolean => from === 'login' && kind === 'person'

export const mfaAsked = (use: Use, everybody: boolean, seen: Seen): Verdict => {
  const { from, flow, user: username } = use
  if (isAtLoginPage(use)) return withoutMethod(seen.userOf(username), everybody)
  // Whoever approves an app does so behind the login page, however it got through that.
  if (from !== 'login' || (flow !== 'web-server' && flow !== 'user-agent')) return null
  // Who was seen at the login page itself is told by that.
  if (username !== null && seen.usesBy([username]).some(isAtLoginPage)) return null
  const verdict = withoutMethod(seen.userOf(username), everybody)
  return verdict?.is === 'certain' || verdict?.is === 'possible'
    ? possible(
        `${verdict.why} What it authorised goes on; when that ends, the login page asks, unless single sign-on answers.`,
      )
    : verdict
}

export const mfa: Judge<'mfa'> = {
  needs: ['users', 'logins'],
  prepare: ({ users }, seen) => {
    const asked = users === null ? null : new Set(users.map(lower))
    return (use) => (asked !== null && !asked.has(use.who) ? null : mfaAsked(use, asked === null, seen))
  },
}
