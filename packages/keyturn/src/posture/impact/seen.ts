/** What was seen, ready for questions: made once an evidence, however many restrictions are judged by it. */
import { profilesById, usersByName } from '../controls/indexes.ts'
import type { AppFact, Facts, ProfileFact, UserFact } from '../facts.ts'
import type { AppDirectory } from './app-match.ts'
import { appDirectory } from './app-match.ts'
import type { Evidence } from './impact.ts'
import type { Use } from './use.ts'
import { usesOf } from './use.ts'

export interface Seen {
  readonly evidence: Evidence
  readonly facts: Facts
  readonly uses: readonly Use[]
  readonly apps: AppDirectory
  /** Undefined: users were not read, or there is none of that name. */
  userOf(username: string | null): UserFact | undefined
  profileOf(username: string | null): ProfileFact | undefined
  /** Uses of the same user and app. */
  alike(use: Use): readonly Use[]
}

const made = new WeakMap<Evidence, Seen>()

export const lower = (name: string | null): string | null => name?.toLowerCase() ?? null

const seenAnew = (evidence: Evidence): Seen => {
  const { facts } = evidence
  const uses = usesOf(evidence)
  const apps = appDirectory(facts)
  const users = facts.users.is === 'known' ? usersByName(facts.users.value) : new Map<string, UserFact>()
  const byLower = new Map([...users].map(([name, user]) => [name.toLowerCase(), user]))
  const profiles = facts.profiles.is === 'known' ? profilesById(facts.profiles.value) : new Map<string, ProfileFact>()
  const userOf = (username: string | null): UserFact | undefined =>
    username === null ? undefined : byLower.get(username.toLowerCase())
  const keyOf = (use: Use): string => {
    const owner: AppFact | null = apps.ownerOf(use)
    return `${lower(use.user) ?? ''}\u0000${owner?.id ?? use.app ?? ''}`
  }
  const groups = new Map<string, Use[]>()
  for (const use of uses) {
    const key = keyOf(use)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [use])
    else group.push(use)
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
  }
}

export const seenOf = (evidence: Evidence): Seen => {
  const before = made.get(evidence)
  if (before !== undefined) return before
  const seen = seenAnew(evidence)
  made.set(evidence, seen)
  return seen
}

/** Who can't get in today loses nothing. */
export const isShutOut = ({ userOf }: Seen, username: string | null): boolean => {
  const user = userOf(username)
  return user !== undefined && (!user.active || (user.frozen.is === 'known' && user.frozen.value))
}
