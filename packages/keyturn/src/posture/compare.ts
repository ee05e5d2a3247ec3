/**
 * What changed between two snapshots of one org: what came, went, or is otherwise now, and what can no longer be seen.
 * Times of use change with every day and are left out; tokens and logins are compared by who uses what.
 */
import { KeyturnError } from '@keyturn/tokens'
import { isDeepStrictEqual } from 'node:util'
import type { Fact } from './fact.ts'
import type { Facts, Family } from './facts.ts'
import type { Snapshot } from './snapshot.ts'

export interface Change {
  readonly family: Family
  /** `app:Erp`, `user:a@b`, `setting:Security.…`, or the family itself. */
  readonly subject: string
  readonly what: 'added' | 'removed' | 'changed' | 'no-longer-known' | 'now-known'
  /** The field; null: the subject as a whole. */
  readonly field: string | null
  readonly before: unknown
  readonly after: unknown
}

type Item = Readonly<Record<string, unknown>>
type Items = ReadonlyMap<string, Item>

/** They change when somebody logs in, which is no change of posture. */
const ofUse = new Set(['lastLogin', 'lastUsed', 'useCount', 'last', 'oldest', 'newest', 'days', 'nature'])

const keyed =
  <T extends object>(prefix: string, key: (one: T) => string) =>
  (list: readonly T[]): Items =>
    new Map(list.map((one) => [`${prefix}:${key(one)}`, one as Item]))

const pairs = <T>(list: readonly T[], key: (one: T) => string): Items => {
  const counts = new Map<string, number>()
  for (const one of list) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
  return new Map([...counts.keys()].map((pair) => [pair, {}]))
}

type Split<F extends Family> = (value: Facts[F] extends Fact<infer T> ? T : never) => Items

const splits: { readonly [F in Exclude<Family, 'settings' | 'auditTrail'>]: Split<F> } = {
  apps: keyed('app', ({ kind, name, id }) => `${kind}:${name}${id === null ? '' : `:${id.slice(0, 15)}`}`),
  tokens: ({ tokens }) => pairs(tokens, ({ app, user }) => `token:${app}:${user}`),
  users: keyed('user', ({ username }) => username),
  permissionNames: (names) => pairs(names, (name) => `permission:${name}`),
  permissionSets: keyed('permission-set', ({ name }) => name),
  permissionSetGroups: keyed('permission-set-group', ({ name }) => name),
  profiles: keyed('profile', ({ name }) => name),
  certificates: keyed('certificate', ({ name }) => name),
  remoteSites: keyed('remote-site', ({ name }) => name),
  guestAccess: keyed('guest', ({ profile, object }) => `${profile}:${object}`),
  deployments: keyed('deployer', ({ by }) => by),
  contentLinks: (links) => new Map([['content-links', links as Item]]),
  eventLogs: keyed('event-log', ({ type }) => type),
  healthCheck: ({ score, risks, customBaselines }) =>
    new Map<string, Item>([
      ['health-check', { score, customBaselines }],
      ...risks.map((one) => [`health-check:${one.setting}`, one as Item] as const),
    ]),
  logins: ({ uses }) => pairs(uses, ({ user, type, application }) => `login:${application ?? type}:${user}`),
  repository: (found) => new Map([['repository', { ...found }]]),
  keyturn: (found) => new Map([['keyturn', { ...found }]]),
}

const isUnknown = (value: unknown): boolean => (value as { readonly is?: unknown } | null)?.is === 'unknown'

/** Without what changes with every use, at any depth of facts. */
const settled = (value: unknown): unknown => {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(settled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (ofUse.has(name) || name === 'text' ? [] : [[name, settled(one)]])),
  )
}

const fieldChanges = (family: Family, subject: string, before: Item, after: Item): readonly Change[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) => {
    const [was, is] = [before[field], after[field]]
    // What an older version did not read yet says nothing of the org.
    if (was === undefined || is === undefined) return []
    if (ofUse.has(field) || isDeepStrictEqual(settled(was), settled(is))) return []
    const what = isUnknown(is) ? (isUnknown(was) ? null : 'no-longer-known') : isUnknown(was) ? 'now-known' : 'changed'
    return what === null ? [] : [{ family, subject, what, field, before: was, after: is }]
  })

const itemChanges = (family: Family, before: Items, after: Items): readonly Change[] => [
  ...[...before].flatMap(([subject, was]): readonly Change[] => {
    const is = after.get(subject)
    return is === undefined
      ? [{ family, subject, what: 'removed', field: null, before: was, after: null }]
      : fieldChanges(family, subject, was, is)
  }),
  ...[...after].flatMap(([subject, is]): readonly Change[] =>
    before.has(subject) ? [] : [{ family, subject, what: 'added', field: null, before: null, after: is }],
  ),
]

const familyChanges = (family: keyof typeof splits, before: Facts, after: Facts): readonly Change[] => {
  const [was, is] = [before[family] as Fact<unknown>, after[family] as Fact<unknown>]
  const whole = { family, subject: family, field: null }
  if (was.is === 'unknown' || is.is === 'unknown') {
    // Nobody asked: that says nothing of the org.
    if ((was.is === 'unknown' && was.why === 'not-collected') || (is.is === 'unknown' && is.why === 'not-collected'))
      return []
    if (was.is === 'known') return [{ ...whole, what: 'no-longer-known', before: null, after: is }]
    return is.is === 'known' ? [{ ...whole, what: 'now-known', before: was, after: null }] : []
  }
  const split = splits[family] as (value: unknown) => Items
  return itemChanges(family, split(was.value), split(is.value))
}

/** Throws BAD_ARGUMENT for snapshots of different orgs. */
export const compareSnapshots = (before: Snapshot, after: Snapshot): readonly Change[] => {
  if (before.org.id.slice(0, 15) !== after.org.id.slice(0, 15))
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `These are snapshots of two orgs (${before.org.name}, ${after.org.name}): there is nothing to compare`,
    )
  const settingsOf = ({ facts }: Snapshot): Items =>
    new Map(Object.entries(facts.settings).map(([path, value]) => [`setting:${path}`, { value }]))
  return [
    ...(before.families.includes('settings') && after.families.includes('settings')
      ? itemChanges('settings', settingsOf(before), settingsOf(after))
      : []),
    ...(Object.keys(splits) as (keyof typeof splits)[]).flatMap((family) =>
      familyChanges(family, before.facts, after.facts),
    ),
  ]
}
