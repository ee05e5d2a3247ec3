/**
 * Facts by the key they are asked for, made once a collection: an org of 10,000 users and 60,000 tokens is not walked
 * once a user.
 */
import type { LoginUse, ProfileFact, TokenFact, UserFact } from '../facts.ts'

const once = <K extends object, V>(make: (from: K) => V): ((from: K) => V) => {
  const made = new WeakMap<K, V>()
  return (from) => {
    const before = made.get(from)
    if (before !== undefined) return before
    const value = make(from)
    made.set(from, value)
    return value
  }
}

const grouped = <T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group === undefined) groups.set(keyOf(one), [one])
    else group.push(one)
  }
  return groups
}

export const profilesById = once(
  (profiles: readonly ProfileFact[]): ReadonlyMap<string, ProfileFact> => new Map(profiles.map((one) => [one.id, one])),
)
export const tokensByUser = once((tokens: readonly TokenFact[]) => grouped(tokens, ({ user }) => user))
export const tokensByApp = once((tokens: readonly TokenFact[]) =>
  grouped(tokens, ({ app, appId }) => appId ?? `name:${app}`),
)
export const loginsByUser = once((uses: readonly LoginUse[]) => grouped(uses, ({ user }) => user))
export const usersByName = once(
  (users: readonly UserFact[]): ReadonlyMap<string, UserFact> => new Map(users.map((one) => [one.username, one])),
)
