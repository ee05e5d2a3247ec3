/**
 * Only apps that an administrator allowed reach the API, and of these only for the users they are permitted to. Who holds
 * Use Any API Client walks around it.
 */
import type { Judge, Verdict } from '../judge.ts'
import { certain, matched, possible } from '../judge.ts'

const permission = 'UseAnyApiClient'

export const apiAccessControl: Judge<'api-access-control'> = {
  needs: ['apps', 'users', 'tokens', 'logins'],
  prepare: ({ allowed }, seen) => {
    const matches = allowed.map((app) => seen.apps.of(app))
    return (use): Verdict => {
      const held = seen.userOf(use.user)?.permissions
      if (held?.is === 'known' && held.value.includes(permission)) return null
      if (use.kind === 'soap')
        return possible('It logs in without an app, by SOAP login(), which an allowed app may be asked for.')
      if (use.kind !== 'oauth' && use.kind !== 'oauth-password') return null
      if (use.app === null && use.appId === null) return possible('By which app it comes is not known.')
      const best = matches.map((match) => match(use))
      if (best.includes('yes')) return null
      const refused = certain('Its app would not be allowed.')
      if (best.includes('maybe')) return matched('maybe', refused)
      return held?.is === 'known'
        ? refused
        : possible('Its app would not be allowed; whether its user may use any is not known.')
    }
  },
}
