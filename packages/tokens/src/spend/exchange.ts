/**
 * Spending a refresh token once: connect, claim, look again, send, keep the answer, commit.
 *
 * Rules 2 to 5 of ARCHITECTURE.md, in the order they happen. Nothing here decides whether a token may be spent: the
 * store's transition does.
 */
import { KeyturnError } from '../errors.ts'
import { refreshBody, TOKEN_PATH } from '../oauth/request.ts'
import type { ProtocolEvent } from '../protocol/event.ts'
import { mayStillSend } from '../protocol/transition.ts'
import type { Runtime } from '../runtime.ts'
import type { StoredGrant } from '../store/store.ts'
import { openConnection, type Connection, type SendOptions } from '../wire/connection.ts'
import { certainHere } from './certain-here.ts'
import { commit } from './commit.ts'
import { endedHere } from './ended-here.ts'
import { outcomeOf, rawAnswer } from './outcome.ts'
import { takeTurn, type SharedTurn } from './shared-turn.ts'

export type ExchangeEnd =
  /** The outcome, whatever it is, stands in the store. */
  | { readonly kind: 'settled' }
  /** The store did not let us: the clause that failed. */
  | { readonly kind: 'not-claimed'; readonly reason: string }
  /** Nothing left this machine. */
  | { readonly kind: 'unreachable'; readonly cause: string }
  /** Callers have waited long enough; the reading goes on. */
  | { readonly kind: 'slow' }

/** Exchanges the refresh token of `grant`; `replayOf` names the unresolved attempt this repeats. */
export const exchange = async (
  rt: Runtime,
  grant: StoredGrant,
  replayOf: string | null,
  /** What the caller has to report, in the same transaction as the claim: one durable write less. */
  reports: readonly ProtocolEvent[] = [],
): Promise<ExchangeEnd> => {
  // A grant shared with another program (the sf CLI): that one is locked out from here to the end of the hearing.
  const turn = await takeTurn(rt.store, grant, rt.companions, rt.newId)
  if (turn === null) return spend(rt, grant, replayOf, reports, null)
  if (turn.moved) {
    await turn.end()
    return { kind: 'settled' }
  }
  const shared = { turn, heard: false }
  try {
    return await spend(rt, grant, replayOf, reports, shared)
  } finally {
    if (!shared.heard) await turn.end()
  }
}

/** A turn that the hearing ends, once there is one. */
interface Shared {
  readonly turn: SharedTurn
  heard: boolean
}

const spend = async (
  rt: Runtime,
  grant: StoredGrant,
  replayOf: string | null,
  reports: readonly ProtocolEvent[],
  shared: Shared | null,
): Promise<ExchangeEnd> => {
  const { lineage, generation } = grant.state
  const token = await rt.secretOf(grant, 'refreshToken')
  if (lineage === null || token === null)
    throw new KeyturnError('DEFECT', `Grant ${grant.name} has no refresh token to spend`)
  // Row and secret were read one after the other: between them somebody may have moved on.
  if (rt.store.lineageOf(token) !== lineage) return { kind: 'not-claimed', reason: 'claim-lineage' }
  const clientSecret = await rt.secretOf(grant, 'clientSecret')

  // No claim unless the answer can be kept.
  await rt.journal.ready()

  let connection: Connection
  try {
    connection = await openConnection(new URL(TOKEN_PATH, grant.settings.loginUrl), rt.net)
  } catch (error) {
    if (error instanceof KeyturnError && error.code !== 'ENDPOINT_UNREACHABLE') throw error
    return { kind: 'unreachable', cause: error instanceof Error ? error.message : 'no connection' }
  }

  const attempt = rt.newId()
  certainHere.add(attempt)
  let sending = false
  try {
    // Our own clocks first: a process that slept between the two must find itself too late, not too early.
    const started = { wall: rt.clock.wall(), boot: rt.clock.boot() }
    const now = await rt.store.now()
    const known = rt.journal.highestMark()
    // Durable before the first byte, like the claim, and written beside it: a claim of a dead process that no journal
    // says was sent was never sent.
    const noted = rt.journal.sending({
      grantId: grant.id,
      attempt,
      lineage,
      mark: known ?? { epoch: 0, seq: 0, hash: '' },
    })
    noted.catch(() => undefined)
    const times = {
      holder: rt.holder,
      lineage,
      attempt,
      sendBy: now + sendLimit(rt),
      deadline: now + rt.limits.doubt,
    }
    const claim: ProtocolEvent =
      replayOf === null
        ? { type: 'claim', generation, ...times }
        : { type: 'claim-replay', unresolved: replayOf, ...times }
    const claimed = await rt.store.apply(grant.id, [...reports, claim])
    await noted
    if (!claimed.applied) {
      await noteEnd(rt, attempt)
      rt.journal.committed(attempt, claimed.mark)
      connection.close()
      certainHere.delete(attempt)
      return { kind: 'not-claimed', reason: claimed.reason ?? 'unknown' }
    }
    // Rule 12: a claim that does not lie above what this host knows was committed to an older copy of the store.
    const older = known !== null && (claimed.mark.epoch < known.epoch || claimed.mark.seq <= known.seq)
    if (older) await rt.store.wentBack('a claim was numbered at or below one this host had already seen')
    rt.emit(claimed.grant, claimed.notices)

    const stillAllowed = async (): Promise<boolean> => {
      if (older || rt.closing.aborted || shared?.turn.holds() === false) return false
      const { grant: fresh, context } = await rt.store.look(grant.id)
      return mayStillSend(fresh.state, { attempt, lineage }, context) === null
    }
    // A process that slept past this, by either of its own clocks, must not send.
    const firstByteBy = { wall: started.wall + sendLimit(rt), boot: started.boot + sendLimit(rt) }

    const body = refreshBody(token, grant.settings.clientId, clientSecret)
    sending = true
    if (shared !== null) shared.heard = true
    const heard = hear(rt, grant, { attempt, lineage }, connection, body, { stillAllowed, firstByteBy }).finally(() =>
      certainHere.delete(attempt),
    )
    heard.catch(() => endedHere.add(attempt))
    const settled = shared === null ? heard : endingTurn(heard, shared.turn)
    rt.background.add(settled)
    void settled.finally(() => rt.background.delete(settled)).catch(() => undefined)

    const waiting = new AbortController()
    const slow = rt.clock.sleep(rt.limits.wait, waiting.signal).then(() => 'slow' as const)
    const first = await Promise.race([settled, slow]).finally(() => waiting.abort())
    if (first !== 'slow') return { kind: 'settled' }
    // The store is slow, not Salesforce.
    if (certainHere.has(attempt)) return { kind: 'slow' }
    // The limit ends the waiting, not the reading: an aborted request could not hear that it succeeded.
    const doubted = await rt.store.apply(grant.id, {
      type: 'doubted',
      attempt,
      lineage,
      cause: 'no-answer',
      by: 'holder',
      holderDead: false,
      finished: false,
    })
    if (doubted.applied) rt.emit(doubted.grant, doubted.notices)
    return { kind: 'slow' }
  } catch (error) {
    // Once it is sent, the connection is the hearing's: a store that is away now must not cost the answer.
    if (!sending) {
      connection.close()
      release(rt, grant.id, { attempt, lineage })
    }
    throw error
  }
}

/** Who has not sent by the time another host may call it in doubt must not send any more. */
const sendLimit = ({ limits }: Runtime): number => Math.min(limits.send, limits.doubt)

/** Waiters are woken only when the other program holds the new token, too. */
const endingTurn = async (heard: Promise<void>, turn: SharedTurn): Promise<void> => {
  try {
    await heard
  } finally {
    await turn.end()
  }
}

/** What the disk can't take now waits in the journal's memory: what counts from here on is what the store is told. */
const noteEnd = (rt: Runtime, attempt: string): Promise<void> => rt.journal.finished(attempt).catch(() => undefined)

/** The claim may stand in the store though nothing was sent: it is taken back as soon as the store can be reached. */
const release = (
  rt: Runtime,
  grantId: string,
  attempt: { readonly attempt: string; readonly lineage: string },
): void => {
  const event = { type: 'never-left', ...attempt } as const
  const released = noteEnd(rt, attempt.attempt)
    .then(() => commit(rt, grantId, attempt.attempt, { event, puts: {}, sold: {} }))
    .catch(() => endedHere.add(attempt.attempt))
  rt.background.add(released)
  void released.finally(() => {
    certainHere.delete(attempt.attempt)
    rt.background.delete(released)
  })
}

/** Sends, keeps what comes back in the journal as it arrives, and commits what it means. */
const hear = async (
  rt: Runtime,
  grant: StoredGrant,
  attempt: { readonly attempt: string; readonly lineage: string },
  connection: Connection,
  body: ReturnType<typeof refreshBody>,
  checks: Pick<SendOptions, 'stillAllowed' | 'firstByteBy'>,
): Promise<void> => {
  const log = rt.journal.answer({ grantId: grant.id, ...attempt })
  const cutOff = (): void => connection.close()
  rt.closing.addEventListener('abort', cutOff, { once: true })
  const sent = connection.send(
    {
      method: 'POST',
      path: TOKEN_PATH,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body,
    },
    {
      ...checks,
      onSending: () => certainHere.delete(attempt.attempt),
      onHead: ({ status, headers }) => log.head(status, headers),
      onChunk: log.chunk,
      hardLimit: rt.limits.read,
      clock: rt.clock,
    },
  )
  const result = await sent.finally(() => rt.closing.removeEventListener('abort', cutOff))
  if (result.kind === 'never-left' || (result.kind === 'answered' && result.complete)) certainHere.add(attempt.attempt)
  if (result.kind === 'never-left') {
    const event = { type: 'never-left', ...attempt } as const
    await commit(rt, grant.id, attempt.attempt, { event, puts: {}, sold: {} })
    await noteEnd(rt, attempt.attempt)
    return
  }
  log.end({ complete: result.kind === 'answered' && result.complete })
  // Rule 4: the answer is kept before it is judged. Should the disk fail now, memory and the store still have it.
  await log.flushed().catch(() => undefined)
  const raw =
    result.kind === 'answered'
      ? rawAnswer(result)
      : result.status === undefined
        ? null
        : rawAnswer({ status: result.status, headers: result.headers ?? {}, body: result.partial, complete: false })
  const outcome = outcomeOf(grant, attempt, raw, rt.store.lineageOf, {
    rolledForward: false,
    by: 'holder',
    wall: rt.clock.wall(),
    allowHosts: rt.allowHosts,
  })
  const applied = await commit(rt, grant.id, attempt.attempt, outcome)
  if (!applied.applied && outcome.event.type === 'doubted') {
    // It was called in doubt before (slow, or by another process): what is new is that nothing more will be heard.
    const event = { type: 'finished', attempt: attempt.attempt, host: rt.holder.host, bet: false } as const
    await commit(rt, grant.id, attempt.attempt, { event, puts: {}, sold: {} })
  }
  await noteEnd(rt, attempt.attempt)
}
