/** Logins by ways that end: the OAuth password flow (Winter ’27) and SOAP login() (Summer ’27). */
import { loginsByUser } from '../indexes.ts'
import { controlOf } from '../asked.ts'
import { loginWay } from '../../login-way.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import type { LoginUse } from '../../facts.ts'

const way = (use: LoginUse): string | null => {
  const by = loginWay(use)
  if (by === 'oauth-password') return 'the OAuth username-password flow'
  return by === 'soap' ? 'SOAP login()' : null
}

export const control = controlOf(
  {
    id: 'login-retired-ways',
    title: 'Nobody logs in with a password through the API',
    severity: 'high',
    why: 'Password and security token lie in a configuration file, know no scope and no second factor, and the ways they are used by are being switched off.',
    remedy:
      'Move the client to JWT bearer or the web-server flow; carry those that cannot change by Keyturn’s broker, which speaks SOAP login() and the password flow to them.',
    effort: 'days',
    catalogues: {},
    profiles: { baseline: {}, strict: {} },
  },
  ['logins'],
  ({ facts: { logins } }) => {
    if (logins.is === 'unknown') return unknownFamily('logins', logins)
    const looks = [...loginsByUser(logins.value.uses)].map(([user, uses]) => {
      const retired = uses.filter((use) => use.worked > 0 && way(use) !== null)
      const [first] = retired
      const answer =
        first === undefined
          ? right
          : wrong(`Logs in by ${[...new Set(retired.map(way))].join(' and ')}.`, {
              logins: retired.reduce((sum, { worked }) => sum + worked, 0),
              addresses: [...new Set(retired.map(({ address }) => address))].join(' '),
              client: first.client ?? first.application,
              last: Math.max(...retired.map(({ last }) => last)),
            })
      return { ...answer, subject: `user:${user}` }
    })
    return judgementOf(looks, {
      noun: ['user that logged in', 'users that logged in'],
      wrong: 'logins by a way that is being switched off',
    })
  },
)
