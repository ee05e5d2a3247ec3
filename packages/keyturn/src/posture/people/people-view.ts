/**
 * Second factors of people, out of facts: who has which method, whose can be phished, who is not asked for one, and what
 * is to be done about each group. Pure. What was not read is unknown, and nobody is counted as covered for it.
 */
import { loginsByUser } from '../controls/indexes.ts'
import { privileged } from '../controls/permissions.ts'
import { isInternal } from '../controls/user-control.ts'
import type { Facts, LoginUse, MfaMethod, UserFact } from '../facts.ts'
import { comesBy, loginWay } from '../login-way.ts'
import type { Snapshot } from '../snapshot.ts'
import { peopleSteps } from './people-steps.ts'
import { isPowerful, lighter, rights, strengths } from './person.ts'
import type { Lighter, OrgAsks, Person, Rights, Strength } from './person.ts'
import type { Step } from './step.ts'

export const peopleFamilies = ['users', 'permissionNames', 'permissionSets', 'profiles', 'logins', 'settings'] as const

export const orgSetting = 'Security.sessionSettings.enableMFADirectUILoginOptIn'
const ssoSetting = 'Security.singleSignOnSettings.enableSamlLogin'
export const peopleSettings = [orgSetting, ssoSetting] as const

export interface PeopleView {
  readonly org: Snapshot['org']
  readonly takenAt: number
  readonly days: number | null
  readonly orgAsks: OrgAsks
  readonly people: readonly Person[]
  readonly totals: {
    readonly people: number
    readonly byStrength: Readonly<Record<Strength, number>>
    readonly byMethod: Readonly<Partial<Record<MfaMethod, number>>>
    /** Administrators and privileged people. */
    readonly powerful: Readonly<Record<Strength, number>>
    readonly bypass: number
    readonly ssoOnly: number
    readonly notAsked: number
  }
  readonly steps: readonly Step[]
  /** What could not be read: with it the numbers may be worse. */
  readonly blind: readonly string[]
}

const strong: readonly MfaMethod[] = ['security-key', 'built-in-authenticator']

const strengthOf = (methods: readonly MfaMethod[] | null): Strength => {
  if (methods === null) return 'unknown'
  if (methods.some((method) => strong.includes(method))) return 'phishing-resistant'
  // A temporary code is a way back in, no factor of its own.
  if (methods.some((method) => method !== 'temporary-code')) return 'phishable'
  return methods.length > 0 ? 'temporary-code' : 'none'
}

const rightsOf = ({ systemAdministrator, permissions }: UserFact): Rights => {
  if (systemAdministrator) return 'administrator'
  if (permissions.is === 'unknown') return 'unknown'
  return permissions.value.some((one) => privileged.includes(one)) ? 'privileged' : 'ordinary'
}

/** Null: nobody can tell. A permission the org doesn’t know nobody can have. */
const holds = ({ permissions }: UserFact, name: string, { permissionNames }: Facts): boolean | null => {
  if (permissions.is === 'known' && permissions.value.includes(name)) return true
  if (permissionNames.is === 'known' && !permissionNames.value.includes(name)) return false
  return permissions.is === 'known' && permissionNames.is === 'known' ? false : null
}

const askedOf = (user: UserFact, org: OrgAsks, facts: Facts): Person['asked'] => {
  const [bypass, forced] = [holds(user, 'BypassMFAForUiLogins', facts), holds(user, 'ForceTwoFactor', facts)]
  if (bypass === true) return 'bypassed'
  if (bypass === null) return 'unknown'
  if (org === 'yes' || forced === true) return 'yes'
  return org === 'no' && forced === false ? 'no' : 'unknown'
}

const personOf = (user: UserFact, uses: readonly LoginUse[] | null, org: OrgAsks, facts: Facts): Person => {
  const methods = user.mfaMethods.is === 'known' ? user.mfaMethods.value : null
  const held = (Object.keys(lighter) as Lighter[]).map((name) => [name, holds(user, name, facts)] as const)
  return {
    username: user.username,
    name: user.name,
    profile: user.profile,
    rights: rightsOf(user),
    maybeMachine: user.nature.is === 'unknown',
    methods,
    strength: strengthOf(methods),
    comes: comesBy(uses),
    asked: askedOf(user, org, facts),
    bypasses: held.some(([, is]) => is === null) ? null : held.flatMap(([name, is]) => (is === true ? [name] : [])),
    needsSecurityToken: uses === null ? null : uses.some((use) => ['soap', 'oauth-password'].includes(loginWay(use))),
    hasApiMfa: holds(user, 'TwoFactorApi', facts),
    lastLogin: user.lastLogin,
  }
}

const count = <K extends string>(
  people: readonly Person[],
  keys: readonly K[],
  of: (one: Person) => K,
): Readonly<Record<K, number>> =>
  Object.fromEntries(keys.map((key) => [key, people.filter((one) => of(one) === key).length])) as Record<K, number>

const byWorst = (a: Person, b: Person): number =>
  rights.indexOf(a.rights) - rights.indexOf(b.rights) ||
  Number(b.asked === 'bypassed') - Number(a.asked === 'bypassed') ||
  strengths.indexOf(a.strength) - strengths.indexOf(b.strength) ||
  (a.username < b.username ? -1 : 1)

const settingOf = ({ settings }: Facts, path: string): OrgAsks => {
  const fact = settings[path]
  return fact?.is === 'known' ? (String(fact.value) === 'true' ? 'yes' : 'no') : 'unknown'
}

const blindOf = (
  { users, logins, permissionNames, settings }: Facts,
  people: readonly UserFact[],
): readonly string[] => {
  const setting = settings[orgSetting]
  const unread = (
    what: string,
    fact: { readonly is: string; readonly text?: string } | undefined,
  ): readonly string[] => (fact?.is === 'known' ? [] : [`${what}: ${fact?.text ?? 'this was not collected'}`])
  const methods = people.find(({ mfaMethods }) => mfaMethods.is === 'unknown')
  return [
    ...unread('users', users),
    ...unread('logins', logins),
    ...unread('permissions', permissionNames),
    ...unread('the org’s setting', setting),
    ...(methods === undefined ? [] : unread('registered methods', methods.mfaMethods)),
  ]
}

/** `grant`: for the commands; null where facts come from a file. */
export const peopleView = (snapshot: Snapshot, grant: string | null): PeopleView => {
  const { facts, org, takenAt } = snapshot
  const { users, logins } = facts
  const seen = (users.is === 'known' ? users.value : []).filter(
    (user) => user.active && isInternal(user) && user.nature.is !== 'machine',
  )
  const byUser = logins.is === 'known' ? loginsByUser(logins.value.uses) : null
  const orgAsks = settingOf(facts, orgSetting)
  const people = seen
    .map((user) => personOf(user, byUser === null ? null : (byUser.get(user.username) ?? []), orgAsks, facts))
    .sort(byWorst)
  const methods = [...new Set(people.flatMap((one) => one.methods ?? []))].sort()
  return {
    org,
    takenAt,
    days: logins.is === 'known' ? logins.value.days : null,
    orgAsks,
    people,
    totals: {
      people: people.length,
      byStrength: count(people, strengths, ({ strength }) => strength),
      byMethod: Object.fromEntries(
        methods.map((method) => [method, people.filter((one) => one.methods?.includes(method)).length]),
      ),
      powerful: count(people.filter(isPowerful), strengths, ({ strength }) => strength),
      bypass: people.filter(({ asked }) => asked === 'bypassed').length,
      ssoOnly: people.filter(({ comes }) => comes === 'sso').length,
      notAsked: people.filter(({ asked }) => asked === 'no').length,
    },
    steps: peopleSteps(people, orgAsks, snapshot, grant),
    blind: blindOf(facts, seen),
  }
}
