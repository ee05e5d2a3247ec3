/**
 * What this host's dead processes heard, or certainly did not send, brought into the store.
 *
 * The journal belongs to the host: any process of it does this at the start, before it calls another's claim in doubt
 * and before it claims a replay. Everything is idempotent by attempt.
 */
import { provedDead } from '../holder.ts'
import { readJournals, type JournalAttempt } from '../journal/read.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredGrant } from '../store/store.ts'
import { commit } from './commit.ts'
import { outcomeOf, type Outcome } from './outcome.ts'

/** Returns how many attempts were brought forward. */
export const rollForward = async (rt: Runtime): Promise<number> => {
  const attempts = await readJournals({ folder: rt.journalFolder, storeId: rt.store.id, key: rt.journalKey })
  let moved = 0
  // Oldest first: answers apply as a chain, each where the record holds the token it was bought with.
  for (const attempt of [...attempts].sort((a, b) => a.sentAt - b.sentAt)) {
    if (attempt.committed && !(await restoring(rt, attempt))) continue
    if (!dead(rt, attempt)) continue
    const grant = await rt.store.grantById(attempt.grantId)
    if (grant === null) continue
    const applied = await commit(rt, grant.id, attempt.attempt, outcome(rt, grant, attempt))
    if (applied.applied) moved += 1
    else await finish(rt, grant, attempt.attempt)
  }
  moved += await releaseUnsent(rt, new Set(attempts.map((attempt) => attempt.attempt)))
  await confirm(rt)
  return moved
}

const dead = (rt: Runtime, { holder }: JournalAttempt): boolean => provedDead(holder, rt.holder) === true

/** After the store went back, what was committed in the lost time line is news again. */
const restoring = async (rt: Runtime, attempt: JournalAttempt): Promise<boolean> => {
  const grant = await rt.store.grantById(attempt.grantId)
  return grant?.state.doubt?.cause === 'restored'
}

const outcome = (rt: Runtime, grant: StoredGrant, attempt: JournalAttempt): Outcome => {
  const origin = { rolledForward: true, by: 'other', wall: rt.clock.wall() } as const
  const { answer } = attempt
  const raw = answer === undefined ? null : { status: answer.status, body: answer.body, complete: answer.complete }
  return outcomeOf(grant, attempt, raw, rt.store.lineageOf, origin)
}

/** Somebody called it in doubt already; its holder is dead, so nothing more will be heard. */
const finish = async (rt: Runtime, grant: StoredGrant, attempt: string): Promise<void> => {
  await rt.store.apply(grant.id, { type: 'finished', attempt, host: rt.holder.host, bet: false })
}

/** A claim of a dead process of this host that its journal doesn't know was never sent. */
const releaseUnsent = async (rt: Runtime, sent: ReadonlySet<string>): Promise<number> => {
  let released = 0
  for (const grant of await rt.store.grants({ removed: true })) {
    const { spend, doubt, mint, lineage } = grant.state
    for (const claim of [spend, doubt]) {
      if (claim === null || claim.holder === null || lineage === null) continue
      if (claim.holder.host !== rt.holder.host || provedDead(claim.holder, rt.holder) !== true || sent.has(claim.attempt)) continue
      const applied = await rt.store.apply(grant.id, { type: 'never-left', attempt: claim.attempt, lineage })
      if (applied.applied) released += 1
    }
    if (mint !== null && mint.holder.host === rt.holder.host && provedDead(mint.holder, rt.holder) === true) {
      const { attempt, spare } = mint
      await rt.store.apply(grant.id, { type: 'mint-failed', attempt, spare, definite: false, text: 'its process died' })
    }
  }
  return released
}

/** This host has told all it knows. */
const confirm = async (rt: Runtime): Promise<void> => {
  await rt.store.greet(rt.holder.host, true)
  for (const grant of await rt.store.grants({ removed: true })) {
    if (grant.state.doubt?.awaiting.includes(rt.holder.host) !== true) continue
    await rt.store.apply(grant.id, { type: 'host-confirmed', host: rt.holder.host })
  }
}
