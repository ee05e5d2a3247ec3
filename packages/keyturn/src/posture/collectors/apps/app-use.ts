/** Who uses which app: tokens by the app's id or, where the org gives no link, by its name; logins by its name. */
import { known, unknown } from '../../fact.ts'
import type { AppFact, Facts, TokenFact } from '../../facts.ts'

export interface AppNames {
  readonly id: string | null
  readonly name: string
  readonly label: string
}

type Use = Pick<AppFact, 'tokens' | 'lastLogin'>

interface Counted {
  count: number
  users: Set<string>
  lastUsed: number | null
}

/** Names under which tokens were granted that belong to no app here: whoever that is was never installed. */
interface AppUse {
  of(app: AppNames): Use
  readonly strangers: readonly string[]
  /** Apps that tokens lead to and that no list shows. */
  readonly unlisted: readonly { readonly id: string; readonly name: string }[]
}

export const appUse = (apps: readonly AppNames[], tokens: Facts['tokens'], logins: Facts['logins']): AppUse => {
  const byId = new Map<string, Counted>()
  const byName = new Map<string, Counted>()
  const unlisted = new Map<string, string>()
  const ids = new Set(apps.flatMap(({ id }) => id?.slice(0, 15) ?? []))
  const names = new Set(apps.flatMap(({ name, label }) => [name, label]))
  const add = (to: Map<string, Counted>, key: string, { user, lastUsed }: TokenFact): void => {
    const sum = to.get(key) ?? { count: 0, users: new Set<string>(), lastUsed: null }
    sum.count += 1
    sum.users.add(user)
    if (lastUsed !== null) sum.lastUsed = Math.max(sum.lastUsed ?? 0, lastUsed)
    to.set(key, sum)
  }
  if (tokens.is === 'known')
    for (const token of tokens.value.tokens) {
      const id = token.appId?.slice(0, 15)
      if (id === undefined) add(byName, token.app, token)
      else {
        add(byId, id, token)
        if (!ids.has(id)) unlisted.set(token.appId ?? id, token.app)
      }
    }
  const lastLogins = new Map<string, number>()
  if (logins.is === 'known')
    for (const { application, last, worked } of logins.value.uses)
      if (application !== null && worked > 0)
        lastLogins.set(application, Math.max(lastLogins.get(application) ?? 0, last))
  const tokensOf = ({ id, name, label }: AppNames): AppFact['tokens'] => {
    if (tokens.is === 'unknown') return tokens
    const { complete, why } = tokens.value
    if (!complete) return unknown('cap', `the token inventory is inconclusive: ${why}`)
    const mine = [
      id === null ? undefined : byId.get(id.slice(0, 15)),
      ...new Set([byName.get(name), byName.get(label)]),
    ].filter((one) => one !== undefined)
    const used = mine.flatMap(({ lastUsed }) => lastUsed ?? [])
    return known({
      count: mine.reduce((sum, { count }) => sum + count, 0),
      users: new Set(mine.flatMap(({ users }) => [...users])).size,
      lastUsed: used.length === 0 ? null : Math.max(...used),
    })
  }
  return {
    of: (app) => ({
      tokens: tokensOf(app),
      lastLogin:
        logins.is === 'unknown' ? logins : known(lastLogins.get(app.label) ?? lastLogins.get(app.name) ?? null),
    }),
    strangers: [...byName.keys()].filter((name) => !names.has(name)),
    unlisted: [...unlisted].map(([id, name]) => ({ id, name })),
  }
}
