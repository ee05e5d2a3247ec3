/** Which tokens and logins are of which app, gone through once for all apps. Pure. */
import { namesOf } from '../app-names.ts'
import type { AppFact, Facts, LoginUse, TokenFact } from '../facts.ts'

export const named = (app: AppFact, said: string | null): boolean => said !== null && namesOf(app).includes(said)

const short = (id: string): string => id.slice(0, 15)

export const grouped = <T>(all: readonly T[], keyOf: (one: T) => string | null): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return groups
}

/** Half a million logins and sixty thousand tokens are gone through once, and not once for each app. */
export interface UseIndex {
  readonly tokensByApp: ReadonlyMap<string, readonly TokenFact[]>
  /** Those without a link to their app. */
  readonly tokensByName: ReadonlyMap<string, readonly TokenFact[]>
  /** All that go by a name, linked or not. */
  readonly tokensCalled: ReadonlyMap<string, readonly TokenFact[]>
  readonly uses: ReadonlyMap<string, readonly LoginUse[]>
}

export const indexOf = ({ tokens, logins }: Facts): UseIndex => {
  const all = tokens.is === 'known' ? tokens.value.tokens : []
  return {
    tokensByApp: grouped(all, ({ appId }) => (appId === null ? null : short(appId))),
    tokensByName: grouped(all, ({ appId, app }) => (appId === null ? app : null)),
    tokensCalled: grouped(all, ({ app }) => app),
    uses: grouped(logins.is === 'known' ? logins.value.uses : [], ({ application }) => application),
  }
}

/** By the link to the app; where the org gives none, by the name, and then for every app that goes by it. */
export const tokensOf = (app: AppFact, { tokensByApp, tokensByName }: UseIndex): readonly TokenFact[] => [
  ...(app.id === null ? [] : (tokensByApp.get(short(app.id)) ?? [])),
  ...namesOf(app).flatMap((name) => tokensByName.get(name) ?? []),
]
