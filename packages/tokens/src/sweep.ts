/**
 * One round of housekeeping: what dead processes left, refresh ahead, idle keep-alive, doubts that may end, hosts given
 * up, answers that belong nowhere. Safe to run in every process at once: the store lets one of them do each thing.
 */
import { KeyturnError } from './errors.ts'
import { mayFallTogether } from './grants/may-fall-together.ts'
import { revokeToken } from './grants/revoke.ts'
import type { Runtime } from './runtime.ts'
import { replay, settleAbandoned } from './spend/doubt.ts'
import { exchange } from './spend/exchange.ts'
import { anyAwaitsUs, rollForward } from './spend/roll-forward.ts'
import { catchUp } from './spend/shared-turn.ts'
import type { StoredGrant } from './store/store.ts'
import { freshness } from './token/freshness.ts'
import { learnSession } from './token/learn-session.ts'
import type { TokenServer } from './token/serve.ts'

interface Swept {
  readonly grant: string
  readonly did: string
}

export const sweep = async (
  rt: Runtime,
  tokens: TokenServer,
  lostHostAfter: number | null,
): Promise<readonly Swept[]> => {
  const done: Swept[] = []
  const note = (grant: string, did: string): void => void done.push({ grant, did })
  if ((await rollForward(rt)) > 0) note('*', 'rolled-forward')
  await catchUp(rt.store, rt.companions, rt.newId)
  const lost = await lostHosts(rt, lostHostAfter)
  if (await anyAwaitsUs(rt)) {
    await rollForward(rt, { restored: true })
    note('*', 'told-what-this-host-knows')
  }
  const altered = (error: KeyturnError): void => note(String(error.data.name), error.code)
  for (const grant of await rt.store.grants({ altered })) {
    try {
      await giveUp(rt, grant, lost, note)
      if (grant.state.spend !== null && (await settleAbandoned(rt, grant))) note(grant.name, 'abandoned-claim-settled')
      await freshen(rt, tokens, grant, note)
      if (await learnSession(rt, grant)) note(grant.name, 'session-life-learned')
    } catch (error) {
      note(grant.name, codeOf(error))
    }
  }
  await revokeOrphans(rt, note).catch((error: unknown) => note('*', codeOf(error)))
  return done
}

const codeOf = (error: unknown): string => (error instanceof KeyturnError ? error.code : 'failed')

const freshen = async (
  rt: Runtime,
  tokens: TokenServer,
  grant: StoredGrant,
  note: (grant: string, did: string) => void,
): Promise<void> => {
  const { state, name } = grant
  const due = freshness(grant, rt.clock.wall())
  if (due === 'keep-alive' && state.spend === null) {
    // The refresh token's idle clock is what counts here: spares don't wind it.
    await exchange(rt, grant, null)
    note(name, 'kept-alive')
  } else if (due === 'refresh-ahead') {
    await tokens.renew(name, state.generation)
    note(name, 'refreshed-ahead')
  } else if (state.status === 'in-doubt' && state.access !== 'alive') {
    await tokens.renew(name, state.generation)
    note(name, 'doubt-ended')
  } else if (state.status === 'in-doubt' && (await replay(rt, grant)) !== null) {
    // An independent spare serves meanwhile: nobody's call would come to the last resort.
    note(name, 'tried-again')
  }
}

const lostHosts = async (rt: Runtime, after: number | null): Promise<ReadonlySet<string>> => {
  const now = await rt.store.now()
  const lost = new Set<string>()
  for (const { host, seenAt, lostAt } of await rt.store.hosts()) {
    if (host === rt.holder.host) continue
    if (lostAt === null && after !== null && now - seenAt > after) await rt.store.loseHost(host)
    if (lostAt !== null || (after !== null && now - seenAt > after)) lost.add(host)
  }
  return lost
}

/** A host declared lost can't give its word any more: a stated bet, ledgered as such. */
const giveUp = async (
  rt: Runtime,
  grant: StoredGrant,
  lost: ReadonlySet<string>,
  note: (grant: string, did: string) => void,
): Promise<void> => {
  const { doubt } = grant.state
  if (doubt === null) return
  if (doubt.finishedAt === null && doubt.holder !== null && lost.has(doubt.holder.host)) {
    await rt.store.apply(grant.id, { type: 'finished', attempt: doubt.attempt, host: doubt.holder.host, bet: true })
    note(grant.name, 'host-given-up')
  }
  for (const host of doubt.awaiting)
    if (lost.has(host)) await rt.store.apply(grant.id, { type: 'host-confirmed', host, lost: true })
}

/** Rule 5: revoked only when nothing of ours could go down with it. */
const revokeOrphans = async (rt: Runtime, note: (grant: string, did: string) => void): Promise<void> => {
  const orphans = (await rt.store.orphans()).filter((orphan) => orphan.revokedAt === null)
  if (orphans.length === 0) return
  // A row that can't be read might lie in the cascade: then this throws, and nothing is revoked.
  const grants = await rt.store.grants()
  for (const orphan of orphans) {
    const origin = await rt.store.grantById(orphan.grantId)
    if (origin === null) continue
    if (grants.some((grant) => mayFallTogether(grant, origin))) continue
    try {
      await revokeToken(rt, origin.settings.loginUrl, await rt.store.orphanSecret(orphan.id))
      await rt.store.orphanRevoked(orphan.id)
      note(origin.name, 'orphan-revoked')
    } catch (error) {
      // Another round will do: an endpoint that is away must not keep the other orphans.
      note(origin.name, codeOf(error))
    }
  }
}
