/**
 * Whether a use is of a certain app. Ids decide where there are any; else names, and those of logins and tokens may be
 * the app's name, its label, the name in its package — or one it had when a token was granted, which
 * decides nothing, as a name does that another app has too.
 */
import { namesOf } from '../app-names.ts'
import { appSubject } from '../controls/app-control.ts'
import type { AppFact, Facts } from '../facts.ts'
import type { Use } from './use.ts'

export type Match = 'yes' | 'maybe' | 'no'
type AppUseOf = Pick<Use, 'app' | 'appId' | 'kind'>

export interface AppDirectory {
  /** The apps that a restriction's `app` may mean: a subject (`eca:Erp`), an id, a name or a label. */
  named(app: string): readonly AppFact[]
  of(app: string): (use: AppUseOf) => Match
  /** All that it may be of. */
  ownersOf(use: AppUseOf): readonly AppFact[]
  /** The one app it is of, if that is certain. */
  ownerOf(use: AppUseOf): AppFact | null
}

/** Of a subject, the name. */
export const plainName = (app: string): string => app.replace(/^(app|eca|uninstalled):/u, '')

const short = (id: string): string => id.slice(0, 15)

const byKey = (pairs: Iterable<readonly [string, AppFact]>): ReadonlyMap<string, readonly AppFact[]> => {
  const found = new Map<string, AppFact[]>()
  for (const [key, app] of pairs) {
    const all = found.get(key)
    if (all === undefined) found.set(key, [app])
    else if (!all.includes(app)) all.push(app)
  }
  return found
}

const isOauth = ({ kind }: AppUseOf): boolean => kind === 'oauth' || kind === 'oauth-password'

export const appDirectory = ({ apps: listed, tokens }: Facts): AppDirectory => {
  const apps = listed.is === 'known' ? listed.value : []
  const byId = new Map(apps.flatMap((app) => (app.id === null ? [] : [[short(app.id), app] as const])))
  const aliases = (tokens.is === 'known' ? tokens.value.tokens : []).flatMap(({ app, appId }) => {
    const owner = appId === null ? undefined : byId.get(short(appId))
    return owner === undefined ? [] : [[app, owner] as const]
  })
  const byName = byKey(apps.flatMap((app) => namesOf(app).map((name) => [name, app] as const)))
  // A name that a token of an app once had may be another app's today.
  const byFormerName = byKey(aliases)

  const named = (app: string): readonly AppFact[] => {
    const exact = apps.filter((one) => appSubject(one) === app || (one.id !== null && short(one.id) === short(app)))
    if (exact.length > 0) return exact
    const names = apps.filter(({ name }) => name === app)
    return names.length > 0 ? names : (byName.get(app) ?? [])
  }
  /** `sure`: by its id, or because no other app has or had that name. */
  const claims = ({ app, appId }: AppUseOf): { readonly owners: readonly AppFact[]; readonly sure: boolean } => {
    const owner = appId === null ? undefined : byId.get(short(appId))
    if (owner !== undefined) return { owners: [owner], sure: true }
    const today = app === null ? [] : (byName.get(app) ?? [])
    const former = app === null ? [] : (byFormerName.get(app) ?? [])
    const all = [...new Set([...today, ...former])]
    // A token without a link to an app is what an uninstalled app's tokens look like, and old ones of installed apps.
    const owners = appId === null ? all : all.filter(({ id }) => id === null)
    return { owners, sure: owners.length === 1 && today.length === 1 }
  }
  const ownersOf = (use: AppUseOf): readonly AppFact[] => claims(use).owners
  return {
    named,
    ownersOf,
    ownerOf: (use) => {
      const { owners, sure } = claims(use)
      return sure ? (owners[0] ?? null) : null
    },
    of: (app) => {
      const targets = named(app)
      const [target] = targets
      const plain = plainName(app)
      return (use) => {
        // Who logs in without OAuth comes by no app.
        if (use.app === null && use.appId === null) return isOauth(use) ? 'maybe' : 'no'
        if (target === undefined) {
          if (use.app !== plain) return 'no'
          return listed.is === 'known' && use.appId === null ? 'yes' : 'maybe'
        }
        const { owners, sure } = claims(use)
        if (!owners.some((owner) => targets.includes(owner))) return 'no'
        return sure && targets.length === 1 ? 'yes' : 'maybe'
      }
    },
  }
}
