/** Who uses an app today, and from where: what a fix that names users or addresses is made of. */
import { appSubject } from '../controls/app-control.ts'
import type { AppFact } from '../facts.ts'
import type { Evidence } from '../impact/impact.ts'
import { seenOf } from '../impact/seen.ts'
import type { Seen } from '../impact/seen.ts'
import type { Use } from '../impact/use.ts'
import type { Snapshot } from '../snapshot.ts'

const made = new WeakMap<Snapshot, Evidence>()

/** What the snapshot itself shows. */
export const seenIn = (snapshot: Snapshot): Seen => {
  const before = made.get(snapshot)
  if (before !== undefined) return seenOf(before)
  const evidence: Evidence = {
    facts: snapshot.facts,
    callers: [],
    self: { username: snapshot.auditor.username, app: null, address: null, flow: null },
    takenAt: snapshot.takenAt,
    ...(snapshot.org.timeZone === undefined ? {} : { timeZone: snapshot.org.timeZone }),
  }
  made.set(snapshot, evidence)
  return seenOf(evidence)
}

/** Of those who can still get in. A sentence: what wasn’t read, so that somebody may be missing. */
export const usesOfApp = (app: AppFact, snapshot: Snapshot): readonly Use[] | string => {
  const { tokens, logins } = snapshot.facts
  if (tokens.is === 'unknown') return `Who uses the app is not known: ${tokens.text}.`
  if (!tokens.value.complete) return `Who uses the app is not known: ${tokens.value.why}.`
  if (logins.is === 'unknown') return `Who uses the app is not known: ${logins.text}.`
  const seen = seenIn(snapshot)
  const match = seen.apps.of(appSubject(app))
  // Of those who come by nobody knows which app none is named: it would let in people who have nothing to do with it.
  return seen.usesOf(appSubject(app)).filter((use) => (use.app !== null || use.appId !== null) && match(use) !== 'no')
}

export const usersAmong = (uses: readonly Use[]): readonly string[] => [
  ...new Set(uses.flatMap(({ user }) => user ?? [])),
]
