/** What was seen, ready for questions: made once an evidence, however many restrictions are judged by it. */
import { profilesById, usersByName } from '../controls/indexes.ts'
import type { AppFact, Facts, ProfileFact, UserFact } from '../facts.ts'
import type { AppDirectory } from './app-match.ts'
import { appDirectory, plainName } from './app-match.ts'
import type { Evidence } from './impact.ts'
import type { Use } from './use.ts'
import { usesOf } from './use.ts'

export interface Seen {
  readonly evidence: Evidence
  readonly facts: Facts
  /** Of those who can get in today: nobody else loses anything. */
  readonly uses: readonly Use[]
  readonly apps: AppDirectory
  /** Undefined: users were not read, or there is none of that name. */
  userOf(username: string | null): UserFact | undefined
  profileOf(username: string | null): ProfileFact | undefined
  /** Uses of the same user and app. */
  alike(use: Use): readonly Use[]
  /** All uses that may be of it, and those of nobody knows which app. */
  usesOf(app: string): readonly Use[]
  /** All uses of these users, and those of nobody knows whom. */
  usesBy(users: readonly string[]): readonly Use[]
}

const put = <K, V>(to: Map<K, V[]>, key: K, value: V): void => {
  const all = to.get(key)
  if (all === undefined) to.set(key, [value])
  else all.push(value)
}

const made = new WeakMap<Evidence, Seen>()

export const lower = (name: string | null): string | null => name?.toLowerCase() ?? null

const isShutOut = (user: UserFact | undefined): boolean =>
  user !== undefined && (!user.active || (user.frozen.is === 'known' && user.frozen.value))

const seenAnew = (evidence: Evidence): Seen => {
  const { facts } = evidence
  const apps = appDirectory(facts)
  const users = facts.users.is === 'known' ? usersByName(facts.users.value) : new Map<string, UserFact>()
  const byLower = new Map([...users].map(([name, user]) => [name.toLowerCase(), user]))
  const uses = usesOf(evidence).filter(({ who }) => who === null || !isShutOut(byLower.get(who)))
  const profiles = facts.profiles.is === 'known' ? profilesById(facts.profiles.value) : new Map<string, ProfileFact>()
  const userOf = (username: string | null): UserFact | undefined =>
    username === null ? undefined : byLower.get(username.toLowerCase())
  const keyOf = (use: Use): string => {
    const owner: AppFact | null = apps.ownerOf(use)
    return `${use.who ?? ''}\u0000${owner?.id ?? use.app ?? ''}`
  }
  const groups = new Map<string, Use[]>()
  const byApp = new Map<AppFact | string | null, Use[]>()
  const byUser = new Map<string | null, Use[]>()
  for (const use of uses) {
    put(groups, keyOf(use), use)
    put(byUser, use.who, use)
    const owners = apps.ownersOf(use)
    for (const owner of owners) put(byApp, owner, use)
    if (owners.length === 0) put(byApp, use.app, use)
  }
  return {
    evidence,
    facts,
    uses,
    apps,
    userOf,
    profileOf: (username) => {
      const user = userOf(username)
      return user === undefined ? undefined : profiles.get(user.profileId)
    },
    alike: (use) => groups.get(keyOf(use)) ?? [],
    usesOf: (app) => {
      const targets = apps.named(app)
      const keys = targets.length > 0 ? targets : [plainName(app)]
      return [...new Set([...keys, null].flatMap((key) => byApp.get(key) ?? []))]
    },
    usesBy: (users) => [...new Set(users.map(lower)), null].flatMap((user) => byUser.get(user) ?? []),
  }
}

export const seenOf = (evidence: Evidence): Seen => {
  const before = made.get(evidence)
  if (before !== undefined) return before
  const seen = seenAnew(evidence)
  made.set(evidence, seen)
  return seen
}
