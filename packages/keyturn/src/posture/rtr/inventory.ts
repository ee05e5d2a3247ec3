/**
 * Every app that issues refresh tokens, or may, and behind each the clients that were seen: programs in the login
 * history, callers of the broker, Keyturn's own grants, and tokens whose holder nobody saw. Pure. What can't be read is
 * named in `blind`; an app with anything blind is never ready.
 */
import { appSubject } from '../controls/app-control.ts'
import { hasInteractiveFlow, hasRefreshScope } from '../controls/refresh-tokens.ts'
import type { Fact } from '../fact.ts'
import type { AppFact, Facts, LoginUse, Origin, TokenFact, UserFact } from '../facts.ts'
import type { SeenCaller } from '../impact/impact.ts'
import type { Snapshot } from '../snapshot.ts'
import { clientId, programOf, versionIn } from './client-id.ts'
import { kindOf, whyUnaffected } from './client-kind.ts'
import type { KnownKind } from './client-kind.ts'

/** A grant of Keyturn's own store that holds a refresh token of this org. */
export interface OwnGrant {
  readonly name: string
  readonly username: string | null
  /** The app's name in the org; null: nobody can say. */
  readonly app: string | null
}

export type SeenBy = 'login' | 'token' | 'broker' | 'grant'

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

export interface RtrApp {
  readonly subject: string
  readonly kind: AppFact['kind']
  readonly id: string | null
  readonly name: string
  readonly label: string
  readonly namespace: string | null
  /** Under which it stands in the login history and among the tokens. */
  readonly names: readonly string[]
  readonly origin: Origin | null
  readonly issues: 'yes' | 'unknown'
  readonly rotation: boolean | null
  readonly blocked: boolean | null
  readonly flows: readonly string[] | null
  readonly scopes: readonly string[] | null
  readonly users: number | null
  readonly tokens: number | null
  /** Refresh tokens by username; null: unknown. */
  readonly held: Readonly<Record<string, number>> | null
  readonly lastUsed: number | null
  readonly clients: readonly RtrClient[]
  /** What to bear in mind about what is shown. */
  readonly notes: readonly string[]
}

export interface Inventory {
  readonly org: Snapshot['org']
  readonly takenAt: number
  /** Of the login history; null: it could not be read. */
  readonly days: number | null
  readonly apps: readonly RtrApp[]
  /** What hides whole apps, or clients of any of them. */
  readonly blind: readonly string[]
}

export interface Seen {
  readonly callers: readonly SeenCaller[]
  readonly grants: readonly OwnGrant[]
}

const most = 5
const valueOf = <T>(fact: Fact<T>): T | null => (fact.is === 'known' ? fact.value : null)

/** Less than this is no look at who uses an app: many jobs run once a month. */
const fewestDays = 30

const issues = (app: AppFact, tokens: readonly TokenFact[]): RtrApp['issues'] | 'no' => {
  const [scopes, flows] = [valueOf(app.scopes), valueOf(app.flows)]
  if (tokens.length > 0) return 'yes'
  if (app.oauth.is === 'known' && !app.oauth.value) return 'no'
  if ((scopes !== null && !hasRefreshScope(scopes)) || (flows !== null && !hasInteractiveFlow(flows))) return 'no'
  return scopes !== null && flows !== null ? 'yes' : 'unknown'
}

const namesOf = ({ name, label, namespace }: AppFact): readonly string[] => [
  name,
  label,
  ...(namespace === null ? [] : [`${namespace}__${name}`]),
]

const named = (app: AppFact, said: string | null): boolean => said !== null && namesOf(app).includes(said)

const sameApp = (id: string | null, other: string | null): boolean =>
  id !== null && other !== null && id.slice(0, 15) === other.slice(0, 15)

/** By the link to the app; where the org gives none, by the name, and then for every app that goes by it. */
const tokensOf = (app: AppFact, tokens: readonly TokenFact[]): readonly TokenFact[] =>
  tokens.filter((one) => (one.appId === null ? named(app, one.app) : sameApp(app.id, one.appId)))

const heldBy = (tokens: readonly TokenFact[]): Readonly<Record<string, number>> => {
  const held = new Map<string, number>()
  for (const { user } of tokens) held.set(user, (held.get(user) ?? 0) + 1)
  return Object.fromEntries(held)
}

interface Group {
  readonly program: string
  readonly user: string
  readonly seenBy: SeenBy
  readonly uses: LoginUse[]
  last: number | null
}

const union = (texts: Iterable<string | null>): readonly string[] =>
  [...new Set([...texts].filter((one): one is string => one !== null && one !== ''))].sort()

const clientsOf = (
  app: AppFact,
  mine: readonly TokenFact[],
  { facts, counted }: { readonly facts: Facts; readonly counted: boolean },
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
  const held = new Map<string, TokenFact[]>()
  for (const token of mine) held.set(token.user, [...(held.get(token.user) ?? []), token])
  // Logins may still go by a name that the app had when a token was granted.
  const names = new Set([...namesOf(app), ...mine.map((token) => token.app)])
  const isOf = (said: string | null): boolean => said !== null && names.has(said)
  const own = grants.filter((one) => isOf(one.app))
  const ownOf = (user: string): readonly OwnGrant[] => own.filter((one) => one.username === user)
  for (const { name, username } of own) group(`keyturn:${name}`, username ?? 'unknown', 'grant')
  for (const { name, username, last, app: said } of callers)
    if (isOf(said)) group(`broker:${name}`, username ?? 'unknown', 'broker').last = last
  // As many tokens as Keyturn has grants: then nobody else of this user holds one, and who gives no name is Keyturn.
  const onlyKeyturn = (user: string): boolean =>
    counted && ownOf(user).length > 0 && (held.get(user)?.length ?? 0) <= ownOf(user).length
  const programs = new Map<string, Set<string>>()
  for (const use of facts.logins.is === 'known' ? facts.logins.value.uses : []) {
    if (!isOf(use.application)) continue
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
    const seen = (programs.get(user)?.size ?? 0) + ownOf(user).length
    if (seen >= tokens.length) continue
    // Who refreshes is in the login history: a token beyond those seen belongs to somebody, until it is revoked.
    const into = group('unseen', user, 'token')
    const used = tokens.flatMap(({ lastUsed }) => lastUsed ?? [])
    into.last = used.length === 0 ? null : Math.max(...used)
  }
  return [...groups.values()].map((one): RtrClient => {
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

const byUse = (a: RtrClient, b: RtrClient): number => (b.last ?? 0) - (a.last ?? 0) || (a.id < b.id ? -1 : 1)

export const inventory = ({ facts, org, takenAt }: Snapshot, seen: Seen): Inventory => {
  const { apps, tokens, logins, users } = facts
  const tokenList = tokens.is === 'known' ? tokens.value.tokens : []
  const counted = tokens.is === 'known' && tokens.value.complete
  const people = new Map((users.is === 'known' ? users.value : []).map((one) => [one.username, one]))
  const blind = [
    ...(apps.is === 'unknown' ? [`apps: ${apps.text}`] : []),
    ...(tokens.is === 'unknown'
      ? [`tokens: ${tokens.text}`]
      : tokens.value.complete
        ? []
        : [`tokens: the inventory is inconclusive: ${tokens.value.why}`]),
    ...(logins.is === 'unknown'
      ? [`logins: ${logins.text}`]
      : logins.value.days < fewestDays
        ? [`logins: ${logins.value.days} days were looked at; a job that runs once a month needs ${fewestDays}`]
        : []),
  ]
  const appList = apps.is === 'known' ? apps.value : []
  const shown = appList.flatMap((app): readonly RtrApp[] => {
    const mine = tokensOf(app, tokenList)
    const does = issues(app, mine)
    if (does === 'no') return []
    const twins = appList.filter((other) => other !== app && (named(app, other.name) || named(app, other.label)))
    const used = mine.flatMap(({ lastUsed }) => lastUsed ?? [])
    return [
      {
        subject: appSubject(app),
        kind: app.kind,
        id: app.id,
        name: app.name,
        label: app.label,
        namespace: app.namespace,
        names: [...new Set([...namesOf(app), ...mine.map((token) => token.app)])],
        origin: valueOf(app.origin),
        issues: does,
        rotation: valueOf(app.rotation),
        blocked: valueOf(app.blocked),
        flows: valueOf(app.flows),
        scopes: valueOf(app.scopes),
        users: counted ? new Set(mine.map(({ user }) => user)).size : null,
        tokens: counted ? mine.length : null,
        held: counted ? heldBy(mine) : null,
        lastUsed: used.length === 0 ? null : Math.max(...used),
        clients: [...clientsOf(app, mine, { facts, counted }, seen, people)].sort(byUse),
        notes:
          twins.length === 0
            ? []
            : [
                `${twins.length === 1 ? 'another app goes' : `${twins.length} other apps go`} by this name: logins of either are shown for both`,
              ],
      },
    ]
  })
  return {
    org,
    takenAt,
    days: logins.is === 'known' ? logins.value.days : null,
    apps: shown,
    blind,
  }
}
