/**
 * What is asked of clients when a code is traded: PKCE, a certain callback, the secret. No login shows what a client
 * sends, and a token goes on until its user has to authorise again; so all of them may be stopped, the second a little later.
 */
import type { Judge, Verdict } from '../judge.ts'
import { asItsUser, matched, possible } from '../judge.ts'
import type { Match } from '../app-match.ts'
import type { Seen } from '../seen.ts'
import type { Use } from '../use.ts'

interface Texts {
  /** Of what was seen trading a code. */
  readonly login: string
  readonly token: string
}

const byCode = (use: Use, match: Match, seen: Seen, texts: Texts): Verdict => {
  if (use.kind !== 'oauth' || use.from === 'self') return null
  if (use.from === 'caller') return match === 'no' ? null : asItsUser
  if (use.from === 'token') return matched(match, possible(texts.token))
  const owner = seen.apps.ownerOf(use)
  const headless = owner === null || owner.flows.is === 'unknown' || owner.flows.value.includes('code-credential')
  const traded = use.flow === 'web-server' || use.flow === 'user-agent' || (use.flow === 'unsaid' && headless)
  return traded ? matched(match, possible(texts.login)) : null
}

export const pkce: Judge<'pkce'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app }, seen) => {
    const match = app === null ? (): Match => 'yes' : seen.apps.of(app)
    return (use) => {
      const owner = seen.apps.ownerOf(use)
      if (app === null && owner?.pkceRequired.is === 'known' && owner.pkceRequired.value) return null
      return byCode(use, match(use), seen, {
        login: 'Whether its client sends a code challenge no login shows.',
        token:
          'Its token goes on; it can authorise again only if its client sends a code challenge, which nothing shows.',
      })
    }
  },
}

export const callbacks: Judge<'callbacks'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app, removed }, seen) => {
    const match = seen.apps.of(app)
    const which = removed.join(' ')
    return (use) =>
      byCode(use, match(use), seen, {
        login: `To which callback its code went no login shows; ${which} would be refused.`,
        token: `Its token goes on; it can’t authorise again by ${which}, and nothing shows whether it does.`,
      })
  },
}

export const secretRequired: Judge<'secret-required'> = {
  needs: ['apps', 'tokens', 'logins'],
  prepare: ({ app, at }, seen) => {
    const match = seen.apps.of(app)
    const sends = 'Whether its client sends the secret nothing shows.'
    return (use) => {
      if (at === 'web-server')
        return byCode(use, match(use), seen, {
          login: sends,
          token: `Its token goes on; it can authorise again only with the secret. ${sends}`,
        })
      if (use.from === 'caller') return match(use) === 'no' ? null : asItsUser
      const flow = at === 'refresh' ? 'refresh' : 'token-exchange'
      return use.flow === flow || (use.from === 'self' && use.flow === null)
        ? matched(match(use), possible(sends))
        : null
    }
  },
}
