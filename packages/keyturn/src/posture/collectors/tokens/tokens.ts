/**
 * The inventory of OAuth tokens: counted, read in parts, and compared with what the org's usage of external client apps
 * says. Complete, or inconclusive; never “no tokens” because somebody may not see them.
 */
import type { TokenFact } from '../../facts.ts'
import type { Collector } from '../../collector.ts'
import { attemptAll } from '../attempt.ts'
import { seesTokens } from '../needs.ts'
import { readCapped } from '../capped-rows.ts'
import { maybeMoment, maybeNumber, maybeText, moment, text } from '../cells.ts'
import { createIntern } from '../interned.ts'
import { appUsage, unseenUse } from './app-usage.ts'

const fields = [
  ...['AppName', 'AppMenuItem.ApplicationId', 'UserId', 'User.Username', 'CreatedDate', 'LastUsedDate', 'UseCount'],
]

export const collectTokens: Collector<'tokens'> = async ({ ask, own, sources, tell }) => {
  const found = await attemptAll(seesTokens, own, async () => {
    const tokens: TokenFact[] = []
    const intern = createIntern()
    const result = await readCapped(ask, {
      object: 'OauthToken',
      fields,
      splitBy: 'AppName',
      users: async () => {
        const users = await sources.users()
        return users.is === 'known' ? [...users.value.keys()] : null
      },
      take: (rows) => {
        for (const one of rows)
          tokens.push({
            app: intern(maybeText(one, 'AppName') ?? ''),
            appId: intern(maybeText(one, 'AppMenuItem.ApplicationId')),
            user: intern(maybeText(one, 'User.Username') ?? text(one, 'UserId')),
            created: moment(one, 'CreatedDate'),
            lastUsed: maybeMoment(one, 'LastUsedDate'),
            useCount: maybeNumber(one, 'UseCount') ?? 0,
          })
        tell(`${tokens.length} tokens read`)
      },
    })
    return { ...result, tokens }
  })
  if (found.is === 'unknown') return found
  const inventory = found.value
  if (!inventory.complete) return found
  const apps = await appUsage(ask, own)
  if (apps.is === 'unknown') return found
  const unseen = await unseenUse(ask, own, apps.value, inventory.tokens)
  if (unseen.is === 'unknown') return found
  const { missing, asked, unasked } = unseen.value
  if (missing.length > 0) {
    const why = `the org’s usage page knows users of ${missing.join(', ')}, of which OauthToken shows no token`
    return { ...found, value: { ...inventory, complete: false, why: `${inventory.why}; ${why}` } }
  }
  const compared =
    asked === 0 && unasked === 0 ? '' : `; ${asked} apps without tokens compared with the usage page, ${unasked} not`
  return { ...found, value: { ...inventory, why: `${inventory.why}${compared}` } }
}
