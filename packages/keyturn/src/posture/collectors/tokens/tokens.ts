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
import { counted } from '../../controls/counted.ts'
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
  const { missing, tokenless, asked, unasked } = unseen.value
  const verb = (some: readonly string[]): string => `${some.join(', ')} ${some.length === 1 ? 'is' : 'are'}`
  const told = [
    inventory.why,
    ...(missing.length === 0
      ? []
      : [`the org’s usage page knows tokens of ${missing.join(', ')}, of which OauthToken shows none`]),
    ...(tokenless.length === 0 ? [] : [`${verb(tokenless)} used without a token`]),
    ...(asked + unasked === 0 ? [] : [`${counted(asked, 'app')} without tokens compared with the usage page`]),
    ...(unasked === 0 ? [] : [`${unasked} not`]),
  ]
  return { ...found, value: { ...inventory, complete: missing.length === 0, why: told.join('; ') } }
}
