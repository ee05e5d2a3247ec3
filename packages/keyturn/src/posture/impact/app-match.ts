/**
 * Whether a use is of a certain app. Ids decide where there are any; else names, and those of logins and tokens may be
 * the app's name, its label, the name in its package, or one it had when a token was granted. A name that another app
 * has too decides nothing.
 */
import { appSubject } from '../controls/app-control.ts'
import type { AppFact, Facts } from '../facts.ts'
import type { Use } from './use.ts'

export type Match = 'yes' | 'maybe' | 'no'
export type AppUseOf = Pick<Use, 'app' | 'appId'>

export interface AppDirectory {
  /** The apps that a restriction's `app` may mean: a subject (`eca:Erp`), an id, a name or a label. */
  named(app: string): readonly AppFact[]
  of(app: string): (use: AppUseOf) => Match
  /** The one app it is of, if that is certain. */
  ownerOf(use: AppUseOf): AppFact | null
}

const short = (id: string): string => id.slice(0, 15)

const namesOf = ({ name, label, namespace }: AppFact): readonly string[] => [
  name,
  label,
  ...(namespace === null ? [] : [`${namespace}__${name}`]),
]

const byKey = (pairs: Iterable<readonly [string, AppFact]>): ReadonlyMap<string, readonly AppFact[]> => {
  const found = new Map<string, AppFact[]>()
  for (const [key, app] of pairs) {
    const all = found.get(key)
    if (all === undefined) found.set(key, [app])
    else if (!all.includes(app)) all.push(app)
  }
  return found
}

export const appDirectory = ({ apps: listed, tokens }: Facts): AppDirectory => {
  const apps = listed.is === 'known' ? listed.value : []
  const byId = new Map(apps.flatMap((app) => (app.id === null ? [] : [[short(app.id), app] as const])))
  const aliases = (tokens.is === 'known' ? tokens.value.tokens : []).flatMap(({ app, appId }) => {
    const owner = appId === null ? undefined : byId.get(short(appId))
    return owner === undefined ? [] : [[app, owner] as const]
  })
  // An app that nobody installed is only a name that a token had, unless it shares it with one that is there.
  const byName = byKey([...apps.flatMap((app) => namesOf(app).map((name) => [name, app] as const)), ...aliases])

  const named = (app: string): readonly AppFact[] => {
    const exact = apps.filter((one) => appSubject(one) === app || (one.id !== null && short(one.id) === short(app)))
    if (exact.length > 0) return exact
    const names = apps.filter(({ name }) => name === app)
    return names.length > 0 ? names : (byName.get(app) ?? [])
  }
  const ownersOf = ({ app, appId }: AppUseOf): readonly AppFact[] => {
    const owner = appId === null ? undefined : byId.get(short(appId))
    if (owner !== undefined) return [owner]
    const owners = app === null ? [] : (byName.get(app) ?? [])
    // A token without a link to an app is what an uninstalled app's tokens look like, and old ones of installed apps.
    return appId === null ? owners : owners.filter(({ id }) => id === null)
  }
  return {
    named,
    ownerOf: (use) => {
      const [owner, ...more] = ownersOf(use)
      return more.length === 0 ? (owner ?? null) : null
    },
    of: (app) => {
      const targets = named(app)
      const [target] = targets
      const plain = target === undefined ? app.replace(/^(app|eca|uninstalled):/u, '') : app
      return (use) => {
        if (use.app === null && use.appId === null) return 'maybe'
        if (target === undefined) {
          if (use.app !== plain) return 'no'
          return listed.is === 'known' && use.appId === null ? 'yes' : 'maybe'
        }
        const owners = ownersOf(use)
        if (!owners.some((owner) => targets.includes(owner))) return 'no'
        return owners.length === 1 && targets.length === 1 ? 'yes' : 'maybe'
      }
    },
  }
}
