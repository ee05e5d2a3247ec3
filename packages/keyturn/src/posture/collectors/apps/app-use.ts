/**
 * Who uses which app: tokens by the app's id or, where the org gives no link, by its name; logins by its name. A name
 * alone proves nothing, since an app that nobody installed can call itself like one that is: tokens without a link are an
 * app's only where the org gives none to its tokens at all.
 */
import { known, unknown } from '../../fact.ts'
import type { AppFact, Facts, TokenFact } from '../../facts.ts'

interface AppNames {
  readonly kind: AppFact['kind']
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

interface AppUse {
  of(app: AppNames): Use
  /** Names under which tokens were granted that belong to no app here: whoever that is was never installed. */
  readonly strangers: readonly { readonly name: string; readonly use: Use }[]
  /** Apps that tokens lead to and that no list shows. */
  readonly unlisted: readonly { readonly id: string; readonly name: string }[]
}

export const appUse = (apps: readonly AppNames[], tokens: Facts['tokens'], logins: Facts['logins']): AppUse => {
  const byId = new Map<string, Counted>()
  const byName = new Map<string, Counted>()
  const unlisted = new Map<string, string>()
  const ids = new Set(apps.flatMap(({ id }) => id?.slice(0, 15) ?? []))
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
  const linksConnected = [...byId.keys()].some((id) => id.startsWith('0H4'))
  /** Names under which tokens without a link can be this app's. */
  const unlinkedNames = ({ kind, id, name, label }: AppNames): readonly string[] => {
    const linked = (id !== null && byId.has(id.slice(0, 15))) || (kind === 'connected' && linksConnected)
    return linked ? [] : [...new Set([name, label])]
  }
  const claimed = new Set(apps.flatMap(unlinkedNames))
  const lastLogins = new Map<string, number>()
  if (logins.is === 'known')
    for (const { application, last, worked } of logins.value.uses)
      if (application !== null && worked > 0)
        lastLogins.set(application, Math.max(lastLogins.get(application) ?? 0, last))
  const useOf = (groups: readonly (Counted | undefined)[], login: number | undefined): Use => ({
    tokens: sumOf(tokens, groups),
    lastLogin: logins.is === 'unknown' ? logins : known(login ?? null),
  })
  return {
    of: (app) =>
      useOf(
        [
          app.id === null ? undefined : byId.get(app.id.slice(0, 15)),
          ...unlinkedNames(app).map((name) => byName.get(name)),
        ],
        lastLogins.get(app.label) ?? lastLogins.get(app.name),
      ),
    strangers: [...byName]
      .filter(([name]) => !claimed.has(name))
      .map(([name, group]) => ({ name, use: useOf([group], lastLogins.get(name)) })),
    unlisted: [...unlisted].map(([id, name]) => ({ id, name })),
  }
}

const sumOf = (tokens: Facts['tokens'], groups: readonly (Counted | undefined)[]): AppFact['tokens'] => {
  if (tokens.is === 'unknown') return tokens
  const { complete, why } = tokens.value
  if (!complete) return unknown('cap', `the token inventory is inconclusive: ${why}`)
  const mine = groups.filter((one) => one !== undefined)
  const used = mine.flatMap(({ lastUsed }) => lastUsed ?? [])
  return known({
    count: mine.reduce((sum, { count }) => sum + count, 0),
    users: new Set(mine.flatMap(({ users }) => [...users])).size,
    lastUsed: used.length === 0 ? null : Math.max(...used),
  })
}
