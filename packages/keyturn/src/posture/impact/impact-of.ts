/**
 * Who would be cut off by a restriction: pure, from logins, tokens and the broker’s callers. Certain is only what was
 * seen; what may be and can’t be told is possible; what was not seen at all is said as blind. So the list is never
 * shorter for something that nobody read.
 */
import type { Fact } from '../fact.ts'
import type { Facts } from '../facts.ts'
import { beforeWindow } from './before-window.ts'
import type { CutOff, Evidence, Impact } from './impact.ts'
import type { Judge, Verdict } from './judge.ts'
import { judges } from './judges.ts'
import type { Restriction } from './restriction.ts'
import { seenOf } from './seen.ts'
import type { Seen } from './seen.ts'
import { selfUse } from './use.ts'
import type { Use } from './use.ts'

interface Hit {
  readonly use: Use
  readonly certain: boolean
  readonly why: string
}

const keyOf = ({ user, app, way, client }: CutOff): string => [user, app, way, client].join('\u0000')

const joined = (one: CutOff, other: CutOff): CutOff => ({
  ...one,
  addresses: [...new Set([...one.addresses, ...other.addresses])],
  uses: one.uses + other.uses,
  last: one.last === null || other.last === null ? (one.last ?? other.last) : Math.max(one.last, other.last),
  why: one.why.includes(other.why) ? one.why : `${one.why} ${other.why}`,
})

const merged = (all: readonly CutOff[], join: Join): readonly CutOff[] => {
  const found = new Map<string, CutOff>()
  for (const one of all) {
    const before = found.get(keyOf(one))
    found.set(keyOf(one), before === undefined ? one : join(before, one))
  }
  return [...found.values()].sort((a, b) => b.uses - a.uses || a.user.localeCompare(b.user))
}

const cutOffOf = ({ use, why }: Hit, seen: Seen): CutOff => ({
  user: use.user ?? 'unknown',
  app: seen.apps.ownerOf(use)?.name ?? use.app,
  way: use.way,
  client: use.client,
  addresses: use.address === null ? [] : [use.address],
  uses: use.uses,
  last: use.last,
  why,
})

const notRead = (family: string, fact: Fact<unknown>): readonly string[] => {
  if (fact.is === 'known') return []
  return [`${family}: ${fact.text}${fact.missing === undefined ? '' : ` (needs ${fact.missing})`}`]
}

const blindOf = (needs: readonly (keyof Facts)[], facts: Facts): readonly string[] =>
  needs.flatMap((family) => {
    if (family === 'settings') return []
    const { tokens } = facts
    const half = family === 'tokens' && tokens.is === 'known' && !tokens.value.complete
    return half ? [`tokens: not all were read: ${tokens.value.why}`] : notRead(family, facts[family])
  })

const some = 5
const named = (users: readonly string[]): string => {
  const shown = users.slice(0, some).join(', ')
  return users.length > some ? `${shown} and ${users.length - some} more` : shown
}

/** Callers of the broker go the way of the user and app that it signs in as. */
const ofCallers = (callers: readonly Use[], hits: readonly Hit[], seen: Seen): readonly Hit[] =>
  callers.flatMap((use) => {
    const mine = new Set(use.app === null ? [] : seen.alike(use))
    const same = hits.filter((hit) =>
      use.app === null || hit.use.app === null
        ? use.user === null || hit.use.who === use.who
        : mine.has(hit.use) || (use.user === null && hit.use.app === use.app),
    )
    const worst = same.find(({ certain }) => certain && use.user !== null && use.app !== null) ?? same[0]
    return worst === undefined
      ? []
      : [{ use, certain: worst.certain && use.user !== null && use.app !== null, why: worst.why }]
  })

/** Of all uses only those it can be about: an org has many apps, and a plan many restrictions. */
const concerned = (restriction: Restriction, seen: Seen): readonly Use[] => {
  if ('app' in restriction && restriction.app !== null) return seen.usesOf(restriction.app)
  return 'users' in restriction && restriction.users !== null ? seen.usesBy(restriction.users) : seen.uses
}

const ofKind = <K extends Restriction['is']>(
  { needs, prepare }: Judge<K>,
  restriction: Extract<Restriction, { readonly is: K }>,
  evidence: Evidence,
): Impact => {
  const seen = seenOf(evidence)
  const judge = prepare(restriction, seen)
  const hits: Hit[] = []
  const callers: Use[] = []
  const unseen = new Map<string, Set<string>>()
  const blindTo = (why: string, user: string | null): void => {
    unseen.set(why, (unseen.get(why) ?? new Set()).add(user ?? 'unknown'))
  }
  for (const use of concerned(restriction, seen)) {
    const verdict = judge(use)
    if (verdict === null) continue
    if (verdict.is === 'as-its-user') callers.push(use)
    else if (verdict.is === 'unseen') blindTo(verdict.why, use.user)
    else hits.push({ use, certain: verdict.is === 'certain', why: verdict.why })
  }
  hits.push(...ofCallers(callers, hits, seen))
  for (const use of callers)
    if (seen.alike(use).every(({ from }) => from === 'caller'))
      blindTo(
        'the broker signs in for them, and no login of that user and app was seen',
        `${use.client ?? ''} (${use.user ?? 'unknown'})`,
      )
  const before = beforeWindow(restriction, seen)
  for (const user of before.users) blindTo('who last logged in before the days that were read', user)
  const self: Verdict = judge(selfUse(evidence))
  const oneself = self === null || self.is === 'certain' || self.is === 'as-its-user' ? null : self.why
  const sure = merged(
    hits.filter(({ certain }) => certain).map((hit) => cutOffOf(hit, seen)),
    joined,
  )
  const { logins } = evidence.facts
  return {
    days: logins.is === 'known' ? logins.value.days : null,
    ...apart(
      sure,
      hits.filter(({ certain }) => !certain).map((hit) => cutOffOf(hit, seen)),
      joined,
    ),
    blind: [
      ...blindOf(needs, evidence.facts),
      ...before.texts,
      ...[...unseen].map(([why, users]) => `${why}: ${named([...users])}`),
      ...(oneself === null
        ? []
        : [`whether the account that makes the change locks itself out can’t be told: ${oneself}`]),
    ],
    locksOutSelf: self?.is === 'certain',
  }
}

type Join = (one: CutOff, other: CutOff) => CutOff

/** Whoever is cut off for certain needn’t be listed as possible too. */
const apart = (sure: readonly CutOff[], maybe: readonly CutOff[], join: Join): Pick<Impact, 'cutOff' | 'possible'> => {
  const keys = new Set(sure.map(keyOf))
  const also = maybe.filter((one) => keys.has(keyOf(one)))
  // Of what is certain the reason stays, and addresses that only may be refused do not join it.
  const more: Join = (one, other) => ({ ...join(one, other), addresses: one.addresses, why: one.why })
  return {
    cutOff: merged([...sure, ...also], more),
    possible: merged(
      maybe.filter((one) => !keys.has(keyOf(one))),
      join,
    ),
  }
}

export const impactOf = (restriction: Restriction, evidence: Evidence): Impact =>
  // Each judge takes its own kind, which the table ties together and the compiler can’t follow.
  ofKind(judges[restriction.is] as Judge<Restriction['is']>, restriction, evidence)

export const together = (impacts: readonly Impact[]): Impact => {
  const days = impacts.flatMap((one) => one.days ?? [])
  return {
    days: days.length === 0 ? null : Math.min(...days),
    ...apart(
      merged(
        impacts.flatMap(({ cutOff }) => cutOff),
        alsoFor,
      ),
      impacts.flatMap(({ possible }) => possible),
      alsoFor,
    ),
    blind: [...new Set(impacts.flatMap(({ blind }) => blind))],
    locksOutSelf: impacts.some(({ locksOutSelf }) => locksOutSelf),
  }
}

/** The same uses, seen by two restrictions: they don’t count twice. */
const alsoFor = (one: CutOff, other: CutOff): CutOff => ({
  ...joined(one, other),
  uses: Math.max(one.uses, other.uses),
})
