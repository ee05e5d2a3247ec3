/**
 * What this host's dead processes heard, or certainly did not send, brought into the store.
 *
 * The journal belongs to the host: any process of it does this at the start, before it calls another's claim in doubt
 * and before it claims a replay. Everything is idempotent by attempt.
 */
import { KeyturnError } from '../errors.ts'
import { provedDead } from '../holder.ts'
import { pruneJournals } from '../journal/prune.ts'
import { readJournals, readSegments, type JournalAttempt, type SegmentContents } from '../journal/read.ts'
import { provedUnsent } from '../journal/unsent.ts'
import type { Holder } from '../protocol/state.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredGrant } from '../store/store.ts'
import { commit, concluded } from './commit.ts'
import { endedHere } from './ended-here.ts'
import { outcomeOf, rawAnswer, type Outcome } from './outcome.ts'

/**
 * Returns how many attempts were brought forward. `restored`: the store went back, so everything this host ever heard
 * counts, whether or not it was committed in the time line that is lost.
 */
export const rollForward = async (rt: Runtime, { restored = false } = {}): Promise<number> => {
  const reading = { folder: rt.journalFolder, storeId: rt.store.id, keys: [rt.journalKey] }
  const which = restored ? 'all' : 'open'
  const fates = fatesOf(rt, await readSegments(reading, which))
  if (!restored && endedHere.size === 0 && ![...fates.values()].includes(true)) return 0
  const { attempts } = await readJournals({ ...reading, which })
  const spent = new Set(attempts.map(({ lineage }) => lineage))
  let moved = 0
  // In the order they were sent: answers apply as a chain, each where the record holds the token it was bought with.
  for (const attempt of attempts) {
    if (attempt.committed !== null && !restored) continue
    const named = nameOf(attempt)
    if (named === null || !(dead(fates, attempt) || (restored && over(attempt)))) continue
    try {
      if (await bring(rt, named, attempt, spent)) moved += 1
      endedHere.delete(attempt.attempt)
    } catch (error) {
      // The row was altered: its attempts wait in the journal, and nobody else has to wait with them.
      if (!(error instanceof KeyturnError) || error.kind !== 'integrity') throw error
    }
  }
  moved += await releaseUnsent(rt)
  if (restored && !attempts.some((attempt) => onTheWire(rt, fates, attempt))) await confirm(rt)
  // What is in the store needs no second reading at the next start.
  await rt.journal.flushed()
  await pruneJournals({ ...reading, own: rt.holder, now: rt.clock.wall() })
  return moved
}

/** One attempt's outcome into the store. True when it changed anything. */
const bring = async (
  rt: Runtime,
  named: NonNullable<ReturnType<typeof nameOf>>,
  attempt: JournalAttempt,
  spent: ReadonlySet<string | null>,
): Promise<boolean> => {
  const grant = await rt.store.grantById(named.grantId)
  if (grant === null) return false
  const told = outcome(rt, grant, named, attempt)
  // A link of the chain that a later attempt spent is history, not a token that belongs nowhere; nor is one whose turn
  // comes when another host has told what lies between.
  const spentLater = told.event.type === 'answered' && told.event.next !== null && spent.has(told.event.next)
  const link = spentLater || grant.state.doubt?.cause === 'restored'
  const { applied } = await commit(rt, grant.id, attempt.attempt, link ? { ...told, sold: {} } : told)
  if (!applied) await finish(rt, grant, attempt.attempt)
  await conclude(rt, grant.id, attempt.attempt)
  return applied
}

const nameOf = ({ attempt, grantId, lineage }: JournalAttempt) =>
  grantId === null || lineage === null ? null : { attempt, grantId, lineage }

/**
 * Which processes were proved dead *before* the journals are read: one that dies in between may have written an answer
 * behind what was read.
 */
type Fates = ReadonlyMap<string, ReturnType<typeof provedDead>>

const fatesOf = (rt: Runtime, segments: readonly SegmentContents[]): Fates =>
  new Map(
    segments.flatMap(({ holder }) =>
      holder === null ? [] : [[holder.process, provedDead(holder, rt.holder)] as const],
    ),
  )

const dead = (fates: Fates, { attempt, holder }: JournalAttempt): boolean =>
  endedHere.has(attempt) || (holder !== null && fates.get(holder.process) === true)

/** Its own process has told the store what came of it, in one time line or the other. */
const over = ({ finishedAt, committed }: JournalAttempt): boolean => finishedAt !== null || committed !== null

/** It may still be answered: a living process listens, or one of which nobody can tell might. */
const onTheWire = (rt: Runtime, fates: Fates, attempt: JournalAttempt): boolean => {
  if (over(attempt) || endedHere.has(attempt.attempt) || attempt.holder === null || attempt.sentAt === null)
    return false
  // A process that was not there when the fates were read lives, as far as this reading goes.
  const gone = fates.get(attempt.holder.process) ?? false
  return gone === false || (gone === 'unknown' && rt.clock.wall() - attempt.sentAt < 2 * rt.limits.read)
}

/**
 * A grant waits for this host's word: the store went back, or a link of the lost time line turned up elsewhere and every
 * host has to look again.
 */
export const awaitsUs = (rt: Runtime, { state }: StoredGrant): boolean =>
  state.doubt?.awaiting.includes(rt.holder.host) === true

export const anyAwaitsUs = async (rt: Runtime): Promise<boolean> =>
  (await allGrants(rt)).some((grant) => awaitsUs(rt, grant))

/** Rows that somebody altered are left alone here: each says so to whoever asks for it. */
const allGrants = (rt: Runtime): Promise<readonly StoredGrant[]> =>
  rt.store.grants({ removed: true, altered: () => undefined })

const outcome = (
  rt: Runtime,
  grant: StoredGrant,
  named: { readonly attempt: string; readonly lineage: string },
  { answer }: JournalAttempt,
): Outcome => {
  const origin = { rolledForward: true, by: 'other', wall: rt.clock.wall(), allowHosts: rt.allowHosts } as const
  // A status that was lost leaves only what the body itself proves.
  const raw =
    answer === null
      ? null
      : rawAnswer({ ...answer, status: answer.status ?? 200, complete: answer.complete && !answer.gaps })
  return outcomeOf(grant, named, raw, rt.store.lineageOf, origin)
}

/** Somebody called it in doubt already; its holder is dead, so nothing more will be heard. */
const finish = async (rt: Runtime, grant: StoredGrant, attempt: string): Promise<void> => {
  await rt.store.apply(grant.id, { type: 'finished', attempt, host: rt.holder.host, bet: false })
}

/** What no grant waits for any more needs no reading at the next start. */
const conclude = async (rt: Runtime, grantId: string, attempt: string): Promise<void> => {
  const grant = await rt.store.grantById(grantId)
  if (grant !== null && concluded(grant.state, attempt)) rt.journal.committed(attempt, await rt.store.mark())
}

interface Claim {
  readonly grantId: string
  readonly lineage: string
  readonly attempt: string
  readonly holder: Holder
}

/** A claim of a dead process of this host that no journal knows was never sent. The claims are read first. */
const releaseUnsent = async (rt: Runtime): Promise<number> => {
  const claims: Claim[] = []
  for (const grant of await allGrants(rt)) {
    const { spend, doubt, mint, lineage } = grant.state
    if (mint !== null && provedDead(mint.holder, rt.holder) === true) {
      const { attempt, spare } = mint
      await rt.store.apply(grant.id, { type: 'mint-failed', attempt, spare, definite: false, text: 'its process died' })
    }
    // A doubt that the holder declared itself was sent; one that others declared may not have been.
    const claim = spend ?? (doubt?.cause === 'deadline-passed' ? doubt : null)
    if (claim === null || claim.holder === null || lineage === null) continue
    claims.push({ grantId: grant.id, lineage, attempt: claim.attempt, holder: claim.holder })
  }
  const reading = { folder: rt.journalFolder, storeId: rt.store.id, keys: [rt.journalKey], own: rt.holder }
  const unsent = await provedUnsent(reading, claims)
  let released = 0
  for (const { grantId, lineage, attempt } of claims) {
    if (!unsent.has(attempt)) continue
    const applied = await rt.store.apply(grantId, { type: 'never-left', attempt, lineage })
    if (applied.applied) released += 1
  }
  return released
}

/** This host has told all it knows. */
const confirm = async (rt: Runtime): Promise<void> => {
  await rt.store.greet(rt.holder.host, true)
  for (const grant of await allGrants(rt)) {
    if (grant.state.doubt?.awaiting.includes(rt.holder.host) !== true) continue
    await rt.store.apply(grant.id, { type: 'host-confirmed', host: rt.holder.host })
  }
}
