/**
 * A second factor at the login page. Programs, the API and single sign-on are not asked by Salesforce; who has a method is
 * asked for it and gets in; who has none is stopped until they have a device to register.
 */
import type { Judge, Verdict } from '../judge.ts'
import { certain, possible } from '../judge.ts'
import type { Seen } from '../seen.ts'
import { lower } from '../seen.ts'
import type { Use } from '../use.ts'

/** `everybody`: who is exempt stays so. */
export const mfaAsked = ({ from, kind, user: username }: Use, everybody: boolean, seen: Seen): Verdict => {
  if (from !== 'login' || kind !== 'person') return null
  const user = seen.userOf(username)
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

export const mfa: Judge<'mfa'> = {
  needs: ['users', 'logins'],
  prepare: ({ users }, seen) => {
    const asked = users === null ? null : new Set(users.map(lower))
    return (use) => (asked !== null && !asked.has(use.who) ? null : mfaAsked(use, asked === null, seen))
  },
}
