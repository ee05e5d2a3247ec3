/**
 * Programs that log in, out of facts: by which ways, as whom, from where, which of these ways end, which users are
 * shared, and the way off each. Pure.
 */
import { loginsByUser, tokensByUser, usersByName } from '../controls/indexes.ts'
import { isInternal } from '../controls/user-control.ts'
import type { Facts, LoginUse, UserFact } from '../facts.ts'
import { loginFlow } from '../impact/login-flow.ts'
import { loginWay } from '../login-way.ts'
import type { Snapshot } from '../snapshot.ts'
import { waysOff } from './way-off.ts'
import type { WayOff } from './way-off.ts'

export const machineFamilies = ['users', 'permissionNames', 'profiles', 'tokens', 'apps', 'logins'] as const

export interface MachineUse {
  readonly way: string
  /** When Salesforce switches it off; null: it stays. */
  readonly ends: string | null
  readonly application: string | null
  readonly client: string | null
  readonly worked: number
  readonly failed: number
  readonly last: number
  /** Some of them, the newest logins’ first. */
  readonly addresses: readonly string[]
  readonly moreAddresses: number
}

export interface Machine {
  readonly username: string
  readonly name: string | null
  readonly profile: string | null
  readonly nature: UserFact['nature']
  readonly active: boolean | null
  readonly apiOnly: boolean | null
  readonly uses: readonly MachineUse[]
  /** A way that ends is in use. */
  readonly leaves: boolean
  /** Why it is no user of one program’s alone; null: nobody can tell. */
  readonly shared: readonly string[] | null
  /** Names of apps that hold tokens of it; null: not all were read. */
  readonly tokenApps: readonly string[] | null
  readonly lastUsed: number | null
  /** Of one that leaves; empty otherwise. */
  readonly waysOff: readonly WayOff[]
}

export interface MachinesView {
  readonly org: Snapshot['org']
  readonly takenAt: number
  readonly days: number | null
  readonly machines: readonly Machine[]
  readonly totals: {
    readonly machines: number
    readonly leaving: number
    readonly soap: number
    readonly passwordFlow: number
    readonly shared: number
    readonly withoutLogins: number
  }
  readonly blind: readonly string[]
}

const ends: Readonly<Partial<Record<string, string>>> = {
  'SOAP login()': 'Summer ’27; from Winter ’27 only with “Use Any API Auth”',
  'OAuth username-password': 'Winter ’27',
}

const flowNames: Readonly<Record<string, string>> = {
  'web-server': 'OAuth web server',
  'user-agent': 'OAuth user agent',
  'client-credentials': 'OAuth client credentials',
  'token-exchange': 'OAuth token exchange',
  refresh: 'OAuth refresh token',
  'oauth-password': 'OAuth username-password',
  unsaid: 'OAuth, flow not said (JWT bearer or device)',
}

/** Null: a person’s way. */
const wayOf = (use: LoginUse): string | null => {
  const by = loginWay(use)
  if (by === 'soap') return 'SOAP login()'
  if (by === 'oauth-password') return 'OAuth username-password'
  return by === 'oauth' ? (flowNames[loginFlow(use) ?? 'unsaid'] ?? null) : null
}

const mostAddresses = 8

const usesOf = (uses: readonly LoginUse[]): readonly MachineUse[] => {
  const groups = new Map<string, { readonly way: string; readonly all: LoginUse[] }>()
  for (const use of uses) {
    const way = wayOf(use)
    if (way === null) continue
    const key = [way, use.application, use.client].join('\u0000')
    const group = groups.get(key) ?? { way, all: [] }
    group.all.push(use)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map(({ way, all }): MachineUse => {
      const newest = [...all].sort((a, b) => b.last - a.last)
      const addresses = [...new Set(newest.map(({ address }) => address))]
      return {
        way,
        ends: ends[way] ?? null,
        application: newest[0]?.application ?? null,
        client: newest[0]?.client ?? null,
        worked: all.reduce((sum, one) => sum + one.worked, 0),
        failed: all.reduce((sum, one) => sum + one.failed, 0),
        last: newest[0]?.last ?? 0,
        addresses: addresses.slice(0, mostAddresses),
        moreAddresses: Math.max(0, addresses.length - mostAddresses),
      }
    })
    .sort((a, b) => Number(b.ends !== null) - Number(a.ends !== null) || b.last - a.last)
}

const appsOf = (username: string, { tokens, apps }: Facts): readonly string[] | null => {
  if (tokens.is === 'unknown' || !tokens.value.complete) return null
  const names = (tokensByUser(tokens.value.tokens).get(username) ?? []).map(
    ({ app, appId }) =>
      (apps.is === 'known' ? apps.value.find(({ id }) => id !== null && id === appId)?.name : undefined) ?? app,
  )
  return [...new Set(names)].sort()
}

const sharedBy = (
  user: UserFact | undefined,
  uses: readonly LoginUse[] | null,
  programs: readonly MachineUse[],
  tokenApps: readonly string[] | null,
): readonly string[] | null => {
  const reasons: string[] = []
  const person = uses?.some((use) => use.worked > 0 && ['person', 'sso'].includes(loginWay(use))) === true
  if (person) reasons.push('somebody logs in to the user interface as it')
  if (user?.nature.is === 'person' && !person) reasons.push('it is a person’s user')
  if (tokenApps !== null && tokenApps.length > 1) reasons.push(`${tokenApps.length} apps hold tokens of it`)
  const clients = new Set(
    programs
      .filter(({ worked }) => worked > 0)
      .map(({ application, client, way }) => `${application} ${way === 'SOAP login()' ? client : ''}`),
  )
  if (clients.size > 1) reasons.push(`${clients.size} programs log in as it`)
  return reasons.length > 0 || (uses !== null && tokenApps !== null) ? reasons : null
}

const byUrgency = (a: Machine, b: Machine): number =>
  Number(b.leaves) - Number(a.leaves) || (b.lastUsed ?? 0) - (a.lastUsed ?? 0) || (a.username < b.username ? -1 : 1)

export const machinesView = (snapshot: Snapshot, grant: string | null): MachinesView => {
  const { facts, org, takenAt } = snapshot
  const { users, logins, tokens } = facts
  const byName: ReadonlyMap<string, UserFact> = users.is === 'known' ? usersByName(users.value) : new Map()
  const byUser = logins.is === 'known' ? loginsByUser(logins.value.uses) : null
  const machineNames = [...byName.values()]
    .filter((user) => user.active && isInternal(user) && user.nature.is === 'machine')
    .map(({ username }) => username)
  const seenNames = [...(byUser ?? [])].flatMap(([username, uses]) =>
    uses.some((use) => isProgram(use, byName.get(username))) ? [username] : [],
  )

  const machines = [...new Set([...machineNames, ...seenNames])].map((username): Machine => {
    const user = byName.get(username)
    const own = byUser === null ? null : (byUser.get(username) ?? [])
    const uses = usesOf(own ?? [])
    const tokenApps = appsOf(username, facts)
    const shared = sharedBy(user, own, uses, tokenApps)
    const leaves = uses.some((use) => use.ends !== null && use.worked > 0)
    const apiOnly = user?.permissions.is === 'known' ? user.permissions.value.includes('ApiUserOnly') : null
    return {
      username,
      name: user?.name ?? null,
      profile: user?.profile ?? null,
      nature: user?.nature ?? { is: 'unknown', why: 'the user was not read' },
      active: user?.active ?? null,
      apiOnly,
      uses,
      leaves,
      shared,
      tokenApps,
      lastUsed: uses.length === 0 ? null : Math.max(...uses.map(({ last }) => last)),
      waysOff: leaves ? waysOff({ username, apiOnly, shared: shared ?? [], instanceUrl: org.instanceUrl, grant }) : [],
    }
  })
  machines.sort(byUrgency)
  const using = (way: string): number =>
    machines.filter(({ uses }) => uses.some((use) => use.way === way && use.worked > 0)).length
  const unread = (what: string, fact: { readonly is: string; readonly text?: string }): readonly string[] =>
    fact.is === 'known' ? [] : [`${what}: ${fact.text ?? ''}`]
  return {
    org,
    takenAt,
    days: logins.is === 'known' ? logins.value.days : null,
    machines,
    totals: {
      machines: machines.length,
      leaving: machines.filter(({ leaves }) => leaves).length,
      soap: using('SOAP login()'),
      passwordFlow: using('OAuth username-password'),
      shared: machines.filter(({ shared }) => (shared?.length ?? 0) > 0).length,
      withoutLogins: machines.filter(({ uses }) => uses.length === 0).length,
    },
    blind: [
      ...unread('users', users),
      ...unread('logins', logins),
      ...unread('tokens', tokens),
      ...(tokens.is === 'known' && !tokens.value.complete ? [`tokens: not all were read: ${tokens.value.why}`] : []),
    ],
  }
}

/** Passwords through the API, whoever’s; other programs of a person are that person’s tools. */
const isProgram = (use: LoginUse, user: UserFact | undefined): boolean => {
  const by = loginWay(use)
  if (use.worked === 0) return false
  return by === 'soap' || by === 'oauth-password' || (by === 'oauth' && user?.nature.is !== 'person')
}
