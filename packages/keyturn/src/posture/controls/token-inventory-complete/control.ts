/** Whether all tokens were read: everything that is said about tokens rests on it. */
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, unsure, wrong } from '../looks.ts'
import { numberIn } from '../parameters.ts'

export const control = controlOf(
  {
    id: 'token-inventory-complete',
    title: 'All OAuth tokens of the org are known',
    severity: 'medium',
    why: 'The platform hands out 2,500 rows at a time and shows users without the permission only their own: a short list looks clean and is not.',
    remedy:
      'Give the auditing user Customize Application, and read again; Keyturn counts first and reads in parts until both agree. Where one user holds more than can be read, revoke what is old.',
    effort: 'minutes',
    catalogues: { shr: ['shr_configure_oauth_policies_manage_external_client_app_oauth_usage'] },
    profiles: { baseline: { mostPerUser: 2000 }, strict: { mostPerUser: 500 } },
  },
  ['tokens'],
  ({ facts: { tokens }, parameters }) => {
    if (tokens.is === 'unknown') return unknownFamily('tokens', tokens)
    const { counted, read, complete, why } = tokens.value
    if (counted === 0 && complete)
      return { verdict: 'not-applicable', why: 'the org has no OAuth tokens', evidence: [] }
    const most = numberIn(parameters, 'mostPerUser', 2000)
    const byUser = new Map<string, number>()
    for (const { user } of tokens.value.tokens) byUser.set(user, (byUser.get(user) ?? 0) + 1)
    const heaps = [...byUser]
      .filter(([, count]) => count > most)
      .map(([user, count]) => ({
        ...wrong(`Holds ${count} tokens; no list shows more than 2,500.`, { count }),
        subject: `user:${user}`,
      }))
    const whole = { ...(complete && read === counted ? right : unsure(why, { counted, read })), subject: 'tokens' }
    return judgementOf([whole, ...heaps], {
      noun: ['reading of tokens', 'readings of tokens'],
      wrong: 'somebody holds more tokens than can be listed',
    })
  },
)
