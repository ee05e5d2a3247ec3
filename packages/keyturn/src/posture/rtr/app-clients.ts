/**
 * The clients behind one app: programs in the login history, callers of the broker, Keyturn's own grants, and tokens
 * whose holder nobody saw. Pure.
 */
import { namesOf } from '../app-names.ts'
import { appSubject, isUninstalled } from '../controls/app-control.ts'
import type { AppFact, LoginUse, TokenFact, UserFact } from '../facts.ts'
import type { SeenCaller } from '../impact/impact.ts'
import { clientId, programOf, versionIn } from './client-id.ts'
import { kindOf, whyUnaffected } from './client-kind.ts'
import type { KnownKind } from './client-kind.ts'
import { grouped } from './use-index.ts'
import type { UseIndex } from './use-index.ts'

/** An app as its consumer key tells it: of two that go by one name the kind, or the namespace, says which. */
export interface KeyedApp {
  readonly kind: AppFact['kind']
  /** As metadata names it: that of a package begins with its namespace. */
  readonly fullName: string
}

/** A grant of Keyturn's own store that holds a refresh token of this org. */
export interface OwnGrant {
  readonly name: string
  readonly username: string | null
  /** Of which app, by its consumer key; null: nobody can say. */
  readonly app: KeyedApp | null
}

type SeenBy = 'login' | 'token' | 'broker' | 'grant'

export interface RtrClient {
  readonly id: string
  readonly program: string
  readonly user: string
  /** Of the user: who it is, as far as the org tells. */
  readonly person: {
    readonly name: string | null
    readonly nature: UserFact['nature']['is']
    readonly active: boolean | null
  }
  readonly seenBy: SeenBy
  /** As it wrote itself, at most five. */
  readonly names: readonly string[]
  /** With the last login of each. */
  readonly versions: readonly { readonly version: string; readonly last: number }[]
  readonly kind: KnownKind | null
  /** LoginSubType, or LoginType where there is none. */
  readonly ways: readonly string[]
  /** All its ways in have nothing to do with refresh tokens: why. */
  readonly unaffected: string | null
  readonly addresses: readonly string[]
  readonly worked: number
  readonly failed: number
  readonly last: number | null
  /** Refresh tokens of this user and app, whoever of its clients holds them; null: unknown. */
  readonly tokens: number | null
}
export interface Seen {
  readonly callers: readonly SeenCaller[]
  readonly grants: readonly OwnGrant[]
}

const most = 5

interface Group {
  readonly program: string
  readonly user: string
  readonly seenBy: SeenBy
  readonly uses: LoginUse[]
  last: number | null
}

const union = (texts: Iterable<string | null>): readonly string[] =>
  [...new Set([...texts].filter((one): one is string => one !== null && one !== ''))].sort()

const byUser = (tokens: readonly TokenFact[]): ReadonlyMap<string, readonly TokenFact[]> =>
  grouped(tokens, ({ user }) => user)

const isApp = ({ kind, name, namespace, origin }: AppFact, keyed: KeyedApp): boolean =>
  !isUninstalled({ origin }) &&
  kind === keyed.kind &&
  keyed.fullName === (namespace === null ? name : `${namespace}__${name}`)

export const clientsOf = (
  app: AppFact,
  mine: readonly TokenFact[],
  { index, counted }: { readonly index: UseIndex; readonly counted: boolean },
  { callers, grants }: Seen,
  people: ReadonlyMap<string, UserFact>,
): readonly RtrClient[] => {
  const groups = new Map<string, Group>()
  const group = (program: string, user: string, seenBy: SeenBy): Group => {
    const key = `${program}\0${user}`
    const found = groups.get(key) ?? { program, user, seenBy, uses: [], last: null }
    groups.set(key, found)
    return found
  }
  // Logins may still go by a name that the app had when a token was granted.
  const names = new Set([...namesOf(app), ...mine.map((token) => token.app)])
  const held = byUser(mine)
  // The login history has names only: where another app goes by one of these, its tokens are behind these logins too.
  const heldByName = byUser([
    ...new Set([...mine, ...[...names].flatMap((name) => index.tokensCalled.get(name) ?? [])]),
  ])
  const own = grants.filter((one) => one.app !== null && isApp(app, one.app))
  const ownByName = grants.filter((one) => one.app !== null && (own.includes(one) || names.has(one.app.fullName)))
  const ownOf = (user: string): readonly OwnGrant[] => own.filter((one) => one.username === user)
  const ownByNameOf = (user: string): number => ownByName.filter((one) => one.username === user).length
  for (const { name, username } of own) group(`keyturn:${name}`, username ?? 'unknown', 'grant')
  for (const { name, username, last, app: said, appKind = null } of callers)
    if (said !== null && names.has(said) && (appKind === null || appKind === app.kind))
      group(`broker:${name}`, username ?? 'unknown', 'broker').last = last
  // As many tokens as Keyturn has grants: then nobody else of this user holds one, and who gives no name is Keyturn.
  const onlyKeyturn = (user: string): boolean => counted && (heldByName.get(user)?.length ?? 0) <= ownByNameOf(user)
  const programs = new Map<string, Set<string>>()
  for (const use of [...names].flatMap((name) => index.uses.get(name) ?? [])) {
    const program = use.client === null ? 'unnamed' : programOf(use.client)
    const [first] = ownOf(use.user)
    const isKeyturn = first !== undefined && (program === 'keyturn' || (program === 'unnamed' && onlyKeyturn(use.user)))
    const into = isKeyturn ? group(`keyturn:${first.name}`, use.user, 'grant') : group(program, use.user, 'login')
    into.uses.push(use)
    if (use.worked > 0) into.last = Math.max(into.last ?? 0, use.last)
    if (!isKeyturn && use.worked > 0 && whyUnaffected(use.subType) === null)
      programs.set(use.user, (programs.get(use.user) ?? new Set()).add(program))
  }
  for (const [user, tokens] of held) {
    const seen = (programs.get(user)?.size ?? 0) + ownByNameOf(user)
    if (seen >= (heldByName.get(user)?.length ?? 0)) continue
    // Who refreshes is in the login history: a token beyond those seen belongs to somebody, until it is revoked.
    const into = group('unseen', user, 'token')
    const used = tokens.flatMap(({ lastUsed }) => lastUsed ?? [])
    into.last = used.length === 0 ? null : Math.max(...used)
  }
  const clients = [...groups.values()].map((one): RtrClient => {
    const { program, user, seenBy, uses, last } = one
    const worked = uses.filter((use) => use.worked > 0)
    const said = union(uses.map(({ client }) => client))
    const reasons = worked.map(({ subType }) => whyUnaffected(subType))
    const person = people.get(user)
    const kinds = said.map(kindOf)
    return {
      id: clientId({ app: appSubject(app), program, user }),
      program,
      user,
      person: { name: person?.name ?? null, nature: person?.nature.is ?? 'unknown', active: person?.active ?? null },
      seenBy,
      names: said.slice(0, most),
      versions: versionsOf(worked),
      kind: seenBy !== 'login' ? null : gravest(kinds),
      ways: union(uses.map(({ subType, type }) => subType ?? type)),
      unaffected:
        seenBy === 'login' && reasons.length > 0 && reasons.every((why) => why !== null) ? (reasons[0] ?? null) : null,
      addresses: union(uses.map(({ address }) => address)).slice(0, most),
      worked: uses.reduce((sum, use) => sum + use.worked, 0),
      failed: uses.reduce((sum, use) => sum + use.failed, 0),
      last,
      tokens: counted ? (held.get(user)?.length ?? 0) : null,
    }
  })
  // Who was there last stands first.
  return clients.sort((a, b) => (b.last ?? 0) - (a.last ?? 0) || (a.id < b.id ? -1 : 1))
}

const versionsOf = (uses: readonly LoginUse[]): RtrClient['versions'] => {
  const found = new Map<string, number>()
  for (const { client, last } of uses) {
    const version = client === null ? null : versionIn(client)
    if (version !== null) found.set(version, Math.max(found.get(version) ?? 0, last))
  }
  return [...found]
    .map(([version, last]) => ({ version, last }))
    .sort((a, b) => b.last - a.last)
    .slice(0, most)
}

const order = ['breaks', 'depends', 'survives'] as const

/** Of several versions the worst; one that nobody knows makes the others no proof. */
const gravest = (kinds: readonly (KnownKind | null)[]): KnownKind | null => {
  const [worst = null] = kinds
    .filter((one) => one !== null)
    .sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect))
  return worst?.effect === 'survives' && kinds.includes(null) ? null : worst
}
