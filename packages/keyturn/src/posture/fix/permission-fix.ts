/**
 * A permission is taken from where it comes: the company’s own permission sets and profiles. Only from those all of whose
 * holders are findings, so that nobody who has a reason on record loses it; what Salesforce or a package made, and what
 * comes by a group beside such a holder, a person has to decide.
 */
import { elementsOf, isOn, listOf, withElement } from '../../org/metadata-component.ts'
import type { MetadataValue } from '../../org/metadata-component.ts'
import type { ComponentEdit } from '../change/org-change.ts'
import { seenIn } from './app-uses.ts'
import { present } from './app-element.ts'
import type { Fix } from './fix.ts'
import { subjectFix } from './subject-fix.ts'
import type { AskedFix, Mended } from './subject-fix.ts'
import type { UserFact } from '../facts.ts'

/** A permission set says what it gives; a profile keeps what its file doesn’t mention, so it has to say no. */
const edits = {
  PermissionSet: (list: readonly MetadataValue[], permission: string) =>
    list.filter((one) => elementsOf(one)['name'] !== permission),
  Profile: (list: readonly MetadataValue[], permission: string) =>
    list.map((one) =>
      elementsOf(one)['name'] === permission && isOn(elementsOf(one)['enabled'])
        ? { ...elementsOf(one), enabled: 'false' }
        : one,
    ),
} as const

const takeFrom = (type: keyof typeof edits, fullName: string, permission: string): ComponentEdit => ({
  type,
  fullName,
  edit: (body) => {
    const is = present(body, `${type} ${fullName}`)
    const list = listOf(is['userPermissions'])
    if (!list.some((one) => elementsOf(one)['name'] === permission)) return is
    const left = edits[type](list, permission)
    return withElement(is, ['userPermissions'], left.length === 0 ? undefined : left)
  },
})

interface Source {
  readonly type: keyof typeof edits
  readonly fullName: string
  readonly gives: (user: UserFact) => boolean
  /** A sentence: why it can’t be changed from here. */
  readonly not: string | null
}

const sourcesOf = (
  permission: string,
  { facts: { permissionSets, profiles } }: AskedFix,
): readonly Source[] | string => {
  if (permissionSets.is === 'unknown') return `Which permission sets give it is not known: ${permissionSets.text}.`
  if (profiles.is === 'unknown') return `Which profiles give it is not known: ${profiles.text}.`
  const sets = permissionSets.value.flatMap(({ name, custom, permissions }): readonly Source[] =>
    permissions.is === 'known' && permissions.value.includes(permission)
      ? [
          {
            type: 'PermissionSet',
            fullName: name,
            gives: (user) => user.permissionSets.is === 'known' && user.permissionSets.value.includes(name),
            not: custom
              ? null
              : `The permission set ${name} came with a package or with Salesforce: take it from the user.`,
          },
        ]
      : [],
  )
  const own = profiles.value.flatMap(({ id, name, fullName, custom, permissions }): readonly Source[] =>
    permissions.is === 'known' && permissions.value.includes(permission)
      ? [
          {
            type: 'Profile',
            fullName: fullName ?? name,
            gives: ({ profileId }) => profileId === id,
            not: !custom
              ? `It comes with the profile ${name}, which is Salesforce’s and keeps it: move the user to a profile of the company’s own.`
              : fullName === undefined
                ? `The metadata of the profile ${name} was not read.`
                : null,
          },
        ]
      : [],
  )
  return [...sets, ...own]
}

interface Held {
  readonly sources: readonly Source[]
  /** Active users that have it, by whatever way. */
  readonly holders: readonly UserFact[]
  /** Those of them who have a reason on record. */
  readonly keeps: readonly UserFact[]
  /** Whether one of these gets it from there. */
  keptBy(source: Source): boolean
  /** Who has it from one of these. */
  losing(taken: readonly Source[]): readonly string[]
}

const heldOf = (permission: string, asked: AskedFix): Held | string => {
  const sources = sourcesOf(permission, asked)
  if (typeof sources === 'string') return sources
  const { users } = asked.facts
  const unread =
    users.is === 'known'
      ? users.value.find(({ active, permissions }) => active && permissions.is === 'unknown')
      : undefined
  if (unread !== undefined) return `Who else has it is not known: the permissions of ${unread.username} were not read.`
  const found = new Set(asked.findings.map(({ subject }) => subject))
  const holders = (users.is === 'known' ? users.value : []).filter(
    ({ active, permissions }) => active && permissions.is === 'known' && permissions.value.includes(permission),
  )
  const keeps = holders.filter(({ username }) => !found.has(`user:${username}`))
  const directly = new Set(holders.filter((one) => sources.some((source) => source.gives(one))))
  /** Who has it by a group may have it from any set. */
  const givesTo = (source: Source, one: UserFact): boolean =>
    source.gives(one) || (source.type === 'PermissionSet' && !directly.has(one))
  const kept = new Map<Source, boolean>()
  const lost = new Map<string, readonly string[]>()
  return {
    ...{ sources, holders, keeps },
    keptBy: (source) => {
      const known = kept.get(source) ?? keeps.some((one) => givesTo(source, one))
      kept.set(source, known)
      return known
    },
    losing: (taken) => {
      const key = taken.map(({ type, fullName }) => `${type}/${fullName}`).join()
      const known =
        lost.get(key) ?? holders.flatMap((one) => (taken.some((source) => givesTo(source, one)) ? [one.username] : []))
      lost.set(key, known)
      return known
    },
  }
}

const mendUser = (user: UserFact, permission: string, held: Held): Mended => {
  const { sources, keeps, keptBy, losing } = held
  const direct = sources.filter((source) => source.gives(user))
  // By a group it comes from one of the sets, and which of them nobody says: all of them then.
  const mine = direct.length > 0 ? direct : sources.filter(({ type }) => type === 'PermissionSet')
  const problem = mine.map(({ not }) => not).find((not) => not !== null)
  if (problem !== undefined && problem !== null) return problem
  const shared = mine.find(keptBy)
  const keeper = keeps[0]
  if (mine.length === 0 || user.permissionSets.is === 'unknown') return 'By what it is given was not read.'
  if (shared !== undefined && keeper !== undefined)
    return `${shared.type === 'Profile' ? 'The profile' : 'The permission set'} ${shared.fullName} gives it to others too, who have a reason on record (${keeper.username}): take it from this user alone, in Setup.`
  const title = mine
    .map(({ type, fullName }) => `${type === 'Profile' ? 'profile' : 'permission set'} ${fullName}`)
    .join(', ')
  return {
    change: {
      title: `Take ${permission} from ${title}`,
      components: mine.map(({ type, fullName }) => takeFrom(type, fullName, permission)),
      records: [],
      clicks: [],
    },
    restricts: [{ is: 'permission-removed', permission, users: losing(mine) }],
  }
}

export const permissionFix = (control: string, permission: string): Fix => {
  // Once a plan: ten thousand users have what they have in common.
  const made = new WeakMap<AskedFix, Held | string>()
  return subjectFix(
    control,
    ({ subject }, asked) => {
      const user = seenIn(asked.snapshot).userOf(subject.replace(/^user:/u, ''))
      const held = made.get(asked) ?? heldOf(permission, asked)
      made.set(asked, held)
      if (user === undefined) return 'The user is not among those that were read.'
      return typeof held === 'string' ? held : mendUser(user, permission, held)
    },
    () => '',
  )
}
