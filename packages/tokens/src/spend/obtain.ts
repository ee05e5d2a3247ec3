/**
 * A living access token, by some way in: adopt, wait for whoever is at it, exchange, fall back, replay; or an honest
 * error. One loop, one pass per change of the store; nothing in it repeats a request.
 */
import { KeyturnError } from '../errors.ts'
import { breakerOpen } from '../protocol/clauses.ts'
import type { ProtocolEvent } from '../protocol/event.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredGrant } from '../store/store.ts'
import { replay, settleAbandoned } from './doubt.ts'
import { exchange } from './exchange.ts'
import { explain } from './explain.ts'
import { swapClient } from './swap-client.ts'
import { mint, ownWayIn, spareWayIn, type MintEnd } from './mint.ts'

/** "Already being processed": how often one call tries again, each time after twice the pause. */
const BUSY_TRIES = 4
const BUSY_PAUSE_MS = 200

/** How long one nap lasts while another process works on the grant; a commit there ends it early. */
const NAP_MS = 250

export const obtain = async (
  rt: Runtime,
  name: string,
  /** The generation the caller knows dead; 0: any living token will do. */
  refused: number,
  /** The API refused `refused`: the store has yet to be told. */
  reported = false,
  /** Grants that are being asked to lend already: a circle of spares lends nothing. */
  lending: readonly string[] = [],
): Promise<StoredGrant> => {
  const until = rt.clock.boot() + 2 * rt.limits.wait + rt.limits.connect
  const patient = rt.clock.boot() + rt.limits.wait
  const failedHere = new Set<string>()
  let unreachable: string | null = null
  let busy = 0
  while (rt.clock.boot() < until && !rt.closing.aborted) {
    const grant = await current(rt, name)
    const { state } = grant
    if (state.access === 'alive' && state.generation > refused) return grant
    // Nothing may be bought with a token nobody saw refused: the caller's knowledge is older than the store's.
    if (breakerOpen(state, await rt.store.now())) throw explain(grant, await rt.store.now(), 'breaker')

    const reports: readonly ProtocolEvent[] =
      reported && state.access === 'alive' ? [{ type: 'rejected', generation: refused, probe: 'not-made' }] : []
    const ready = state.lineage !== null && state.spend === null && state.status === 'live' && unreachable === null
    if (reports.length > 0 && !ready) {
      // No claim will carry the report: it goes alone.
      await rt.store.apply(grant.id, reports)
      continue
    }
    if (state.lineage === null) {
      const end = await mint(rt, grant, ownWayIn(grant), lendFor(rt, name, lending))
      if (end.kind === 'failed') throw refusedMachine(grant, end)
      if (end.kind === 'not-claimed' && end.reason === 'mint-blocked') throw explain(grant, await rt.store.now(), null)
      if (end.kind === 'not-claimed') await rt.store.changed(NAP_MS)
      continue
    }

    if (state.spend !== null) {
      if (!(await settleAbandoned(rt, grant))) await rt.store.changed(NAP_MS)
      continue
    }
    if (state.status === 'live' && unreachable === null && busy < BUSY_TRIES) {
      const end = await exchange(rt, grant, null, reports)
      if (end.kind === 'unreachable') unreachable = end.cause
      else if (end.kind === 'settled' && (await unmoved(rt, grant)))
        await rt.clock.sleep(BUSY_PAUSE_MS * 2 ** busy++, rt.closing)
      else if (end.kind === 'not-claimed' && end.reason === 'claim-no-enrolment') await enrolmentEnds(rt, grant, until)
      else if (end.kind === 'not-claimed' && waits(end.reason)) await rt.store.changed(NAP_MS)
      continue
    }
    if (state.status === 'blocked' && (await swapClient(rt, grant))) continue
    if (await fallback(rt, grant, failedHere, lending)) continue
    if (unreachable !== null) {
      throw new KeyturnError(
        'ENDPOINT_UNREACHABLE',
        `The token endpoint of ${grant.settings.loginUrl} cannot be reached (${unreachable}); nothing was sent, the grant ${name} is untouched`,
      )
    }
    if (state.status === 'in-doubt') {
      if (state.doubt?.finishedAt === null && (await settleAbandoned(rt, grant))) continue
      const end = await replay(rt, grant)
      if (end?.kind === 'unreachable') unreachable = end.cause
      if (end !== null) continue
      // Somebody may have moved on while we asked.
      const fresh = await current(rt, name)
      if (
        fresh.state.lineage !== state.lineage ||
        fresh.state.generation !== state.generation ||
        fresh.state.spend !== null
      )
        continue
      // Whoever sent it may hear the answer yet, and it counts: that is worth the same wait as an exchange of our own.
      const { doubt } = fresh.state
      if (doubt?.cause === 'deadline-passed' && doubt.finishedAt === null && rt.clock.boot() < patient) {
        await rt.store.changed(NAP_MS)
        continue
      }
    }
    if (state.status === 'live')
      throw new KeyturnError(
        'EXCHANGE_TIMEOUT',
        `Salesforce is busy with other token requests of ${name}; nothing was spent`,
      )
    throw explain(await current(rt, name), await rt.store.now(), null)
  }
  throw new KeyturnError(
    'EXCHANGE_TIMEOUT',
    `No living token for ${name} within ${Math.round((2 * rt.limits.wait + rt.limits.connect) / 1000)} s; the exchange goes on`,
  )
}

/**
 * No access token came of it: Salesforce was busy with this token or app, our own check forbade the sending, or the
 * answer held a refresh token only. However the endpoint answers, one call asks a few times and no more.
 */
const unmoved = async (rt: Runtime, before: StoredGrant): Promise<boolean> => {
  const { state } = await current(rt, before.name)
  return state.status === 'live' && state.generation === before.state.generation
}

const current = async (rt: Runtime, name: string): Promise<StoredGrant> => {
  const grant = await rt.store.grant(name)
  if (grant === null) throw new KeyturnError('GRANT_NOT_FOUND', `There is no grant named ${name} in this store`)
  return grant
}

/** Clauses that another process's progress lifts. */
const waits = (reason: string): boolean => reason === 'claim-pacing' || reason === 'claim-one-spend'

/** A person may take ten minutes: who can't wait that long is told at once. */
const enrolmentEnds = async (rt: Runtime, { name, state }: StoredGrant, until: number): Promise<void> => {
  const left = (state.enrolment?.deadline ?? 0) - (await rt.store.now())
  if (left > until - rt.clock.boot()) {
    throw new KeyturnError(
      'ENROLMENT_RUNNING',
      `Somebody is authorising ${name}; its access token is used up until then`,
    )
  }
  await rt.store.changed(NAP_MS)
}

/** Tries the spare ways in, in order, each once per call. True when the store changed. */
const fallback = async (
  rt: Runtime,
  grant: StoredGrant,
  failedHere: Set<string>,
  lending: readonly string[],
): Promise<boolean> => {
  for (const spare of grant.settings.fallback) {
    if (failedHere.has(spare.name) || grant.state.spares[spare.name] === 'failed') continue
    const end = await mint(rt, grant, spareWayIn(grant, spare), lendFor(rt, grant.name, lending))
    if (end.kind === 'minted') return true
    // The grant's own token lives: nobody needs another.
    if (end.kind === 'not-claimed' && end.reason === 'mint-needed') return false
    if (end.kind === 'not-claimed') {
      await rt.store.changed(NAP_MS)
      return true
    }
    failedHere.add(spare.name)
  }
  return false
}

const lendFor =
  (rt: Runtime, name: string, lending: readonly string[]) =>
  async (other: string): Promise<StoredGrant> => {
    if (other === name || lending.includes(other)) {
      throw new KeyturnError('CONFIG_INVALID', `The spares of ${name} and ${other} lend to each other in a circle`)
    }
    return obtain(rt, other, 0, false, [...lending, name])
  }

const refusedMachine = (grant: StoredGrant, end: Extract<MintEnd, { kind: 'failed' }>): KeyturnError =>
  end.definite
    ? new KeyturnError('GRANT_REFUSED', `Salesforce refused ${grant.name} (${grant.settings.flow}): ${end.text}`)
    : new KeyturnError('ENDPOINT_UNREACHABLE', `No token for ${grant.name} (${grant.settings.flow}): ${end.text}`)
