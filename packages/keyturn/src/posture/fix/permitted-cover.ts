/**
 * Which permission sets and profiles to name at an app so that those who use it today can go on, and as few others as
 * possible: of what each of them holds the one that fewest users have.
 */
import type { Facts, UserFact } from '../facts.ts'

export interface Cover {
  /** API names. */
  readonly permissionSets: readonly string[]
  /** As metadata names them. */
  readonly profiles: readonly string[]
  /** Everybody who has one of these, by username. */
  readonly users: readonly string[]
}

interface Holder {
  readonly kind: 'set' | 'profile'
  readonly name: string
  readonly users: readonly UserFact[]
  /** In lower case. */
  readonly usernames: ReadonlySet<string>
}

const holder = (kind: Holder['kind'], name: string, users: readonly UserFact[]): Holder => ({
  ...{ kind, name, users },
  usernames: new Set(users.map(({ username }) => username.toLowerCase())),
})

const made = new WeakMap<Facts, readonly Holder[] | string>()

/** Narrowest first; once a snapshot, however many apps there are. */
const holdersOf = (facts: Facts): readonly Holder[] | string => {
  const before = made.get(facts)
  if (before !== undefined) return before
  const all = holdersIn(facts)
  const found =
    typeof all === 'string'
      ? all
      : all.toSorted((a, b) => a.users.length - b.users.length || (a.kind === 'set' ? -1 : 1))
  made.set(facts, found)
  return found
}

const holdersIn = ({ users, permissionSets, profiles }: Facts): readonly Holder[] | string => {
  if (users.is === 'unknown') return `Who has which permission set is not known: ${users.text}.`
  if (permissionSets.is === 'unknown') return `Permission sets were not read: ${permissionSets.text}.`
  if (profiles.is === 'unknown') return `Profiles were not read: ${profiles.text}.`
  const active = users.value.filter((user) => user.active)
  if (active.some((user) => user.permissionSets.is === 'unknown')) return 'Who has which permission set is not known.'
  const bySet = new Map<string, UserFact[]>()
  const byProfile = new Map<string, UserFact[]>()
  const put = (to: Map<string, UserFact[]>, key: string, user: UserFact): void => {
    const known = to.get(key)
    if (known === undefined) to.set(key, [user])
    else known.push(user)
  }
  for (const user of active) {
    put(byProfile, user.profileId, user)
    if (user.permissionSets.is === 'known') for (const name of user.permissionSets.value) put(bySet, name, user)
  }
  // Sets of a package are its owner’s to give a meaning; who has one by a group isn’t seen as its holder.
  const sets = permissionSets.value.flatMap(({ name, custom, assigned }): readonly Holder[] => {
    const direct = bySet.get(name) ?? []
    return custom && assigned.is === 'known' && assigned.value <= direct.length ? [holder('set', name, direct)] : []
  })
  const named = profiles.value.flatMap(({ id, fullName }): readonly Holder[] =>
    fullName === undefined ? [] : [holder('profile', fullName, byProfile.get(id) ?? [])],
  )
  return [...sets, ...named]
}

/** A sentence: why not. */
export const coverOf = (usernames: readonly string[], facts: Facts): Cover | string => {
  const holders = holdersOf(facts)
  if (typeof holders === 'string') return holders
  const chosen = new Set<Holder>()
  for (const username of usernames) {
    const lower = username.toLowerCase()
    const has = ({ usernames: held }: Holder): boolean => held.has(lower)
    if ([...chosen].some(has)) continue
    const narrowest = holders.find(has)
    if (narrowest === undefined)
      return `What ${username} holds is not known, so that nothing can be named that lets it in.`
    chosen.add(narrowest)
  }
  const namesOf = (kind: Holder['kind']): readonly string[] =>
    [...chosen].flatMap((one) => (one.kind === kind ? [one.name] : [])).toSorted()
  return {
    permissionSets: namesOf('set'),
    profiles: namesOf('profile'),
    users: [...new Set([...chosen].flatMap(({ users }) => users.map(({ username }) => username)))].toSorted(),
  }
}
