/**
 * What can be done about an exchange whose outcome is unknown: prove its holder dead, wait, and as the last resort
 * send once more. Whether that may happen is the transition's to say; this asks it, and explains its answer.
 */
import { provedDead } from '../holder.ts'
import { transition } from '../protocol/transition.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredGrant } from '../store/store.ts'
import { certainHere } from './certain-here.ts'
import { endedHere } from './ended-here.ts'
import { exchange, type ExchangeEnd } from './exchange.ts'
import { awaitsUs, rollForward } from './roll-forward.ts'

/** A claim that nobody will resolve any more becomes a doubt, or is rolled forward. True when something changed. */
export const settleAbandoned = async (rt: Runtime, grant: StoredGrant): Promise<boolean> => {
  const { spend, doubt, lineage } = grant.state
  if (awaitsUs(rt, grant)) {
    await rollForward(rt, { restored: true })
    const told = await rt.store.grantById(grant.id)
    return told !== null && !awaitsUs(rt, told)
  }
  const holder = spend?.holder ?? (doubt?.finishedAt === null ? doubt.holder : null)
  if (holder === null || holder === undefined || lineage === null) return false
  const attempt = spend?.attempt ?? doubt?.attempt ?? ''
  if (endedHere.has(attempt) || (holder.host === rt.holder.host && provedDead(holder, rt.holder) === true)) {
    // Its journal tells what it heard, or that it never sent.
    await rollForward(rt)
    const fresh = await rt.store.grantById(grant.id)
    if (fresh?.state.spend?.attempt !== spend?.attempt || fresh?.state.doubt?.finishedAt != null) return true
  }
  if (spend === null || certainHere.has(attempt)) return false
  // Ours, and over: nobody has to wait for anything.
  const ended = endedHere.has(attempt)
  if (!ended && (await rt.store.now()) <= spend.deadline) return false
  const doubted = await rt.store.apply(grant.id, {
    type: 'doubted',
    attempt: spend.attempt,
    lineage,
    cause: ended ? 'no-answer' : 'deadline-passed',
    by: ended ? 'holder' : 'other',
    holderDead: false,
    finished: ended,
  })
  if (doubted.applied) rt.emit(doubted.grant, doubted.notices)
  return doubted.applied
}

/** Null when a replay may be claimed now, else the clause that forbids it. */
const replayForbidden = async (rt: Runtime, grantId: string): Promise<string | null> => {
  const { grant, context } = await rt.store.look(grantId)
  const { lineage, doubt } = grant.state
  if (lineage === null || doubt === null) return 'replay-in-doubt'
  const wish = {
    type: 'claim-replay',
    attempt: 'asking',
    holder: rt.holder,
    lineage,
    unresolved: doubt.attempt,
    sendBy: context.now,
    deadline: context.now,
  } as const
  const answer = transition(grant.state, wish, context)
  return answer.applied ? null : answer.reason
}

/** The last resort. Null when it isn't allowed (yet). */
export const replay = async (rt: Runtime, grant: StoredGrant): Promise<ExchangeEnd | null> => {
  if ((await replayForbidden(rt, grant.id)) !== null) return null
  // The journal belongs to the host: what a dead process heard may make the replay needless, or forbid it.
  await rollForward(rt)
  if ((await replayForbidden(rt, grant.id)) !== null) return null
  const fresh = await rt.store.grantById(grant.id)
  if (fresh?.state.doubt == null) return null
  return exchange(rt, fresh, fresh.state.doubt.attempt)
}
