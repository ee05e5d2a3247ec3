/**
 * Which virtual sessions were ended before their time, on whatever replica, as this one knows it: never older than
 * 200 ms.
 *
 * Each ending moves one head record in the same transaction. So one question about the store's version answers for all
 * sessions together, a commit by anybody costs one further read, and only an ending makes sessions be read again.
 */
import { createHash } from 'node:crypto'
import type { Clock, Store, StoreRecord } from '@keyturn/tokens'
import type { Caller } from '../caller.ts'
import type { VirtualSession } from './virtual-token.ts'

interface EndedSessions {
  /** At once where the store was asked just now. Rejects while the store is out and nothing is known for long enough. */
  has(session: VirtualSession): boolean | Promise<boolean>
  /** Whatever this caller began with this grant until then is ended, epoch ms; null: nothing is, or nobody can tell. */
  until(callerId: string, grant: string): Promise<number | null>
  /** It begins here and now: nobody needs to ask whether it was ended before. */
  begun(session: VirtualSession): void
  end(session: VirtualSession, caller: Caller): Promise<void>
  endAll(caller: Caller, grant: string): Promise<void>
}

interface EndedSessionsOptions {
  readonly store: Pick<Store, 'version' | 'records'>
  readonly clock: Clock
  /** ms */
  readonly sessionLife: number
  /** How long a store that does not answer is bridged, ms. */
  readonly staleMax: number
}

/** How old what is known may be, ms: the same as for tokens. */
const STALE_MS = 200
const PRUNE_EVERY_MS = 3_600_000
/** More than that at once, and the store is asked again. */
const MOST_REMEMBERED = 10_000
const ENDED = 'ended-session'
const ENDED_BEFORE = 'ended-before'
const HEAD = 'ended-head'
const head = { kind: HEAD, id: HEAD, doc: null } as const

const both = (caller: string, grant: string): string =>
  createHash('sha256')
    .update(JSON.stringify([caller, grant]))
    .digest('hex')

interface Known {
  readonly ended: boolean
  readonly at: number
}

export const endedSessions = ({ store, clock, sessionLife, staleMax }: EndedSessionsOptions): EndedSessions => {
  const { records } = store
  /** Whether a session was ended, by its id, and when that was certain. */
  const known = new Map<string, Known>()
  let seen: { readonly version: number | string; readonly head: number } | null = null
  let askedAt = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null
  /** Counts what made everything be read again: a read that began before is not remembered. */
  let round = 0
  let prunedAt = Number.NEGATIVE_INFINITY

  const forget = (): void => {
    round += 1
    known.clear()
  }

  const look = async (): Promise<void> => {
    const asked = clock.boot()
    const version = await store.version()
    if (seen?.version !== version) {
      const found = (await records.get(HEAD, HEAD))?.version ?? 0
      if (seen?.head !== found) forget()
      seen = { version, head: found }
    }
    askedAt = asked
  }

  const current = async (): Promise<void> => {
    if (clock.boot() - askedAt < STALE_MS) return
    looking ??= look().finally(() => {
      looking = null
    })
    await looking
  }

  const remember = (id: string, ended: boolean, at: number): void => {
    if (known.size >= MOST_REMEMBERED) forget()
    known.set(id, { ended, at })
  }

  /** How long ago it was certain that nothing had changed. */
  const ageOf = ({ at }: Known): number => clock.boot() - Math.max(at, askedAt)

  const readUntil = async (callerId: string, grant: string): Promise<number | null> => {
    const all = await records.get(ENDED_BEFORE, both(callerId, grant))
    return all === null ? null : numberIn(all.doc, 'at')
  }

  const read = async ({ id, callerId, grant, issuedAt }: VirtualSession): Promise<boolean> => {
    const [now, at] = [round, clock.boot()]
    const ended =
      (await records.get(ENDED, id)) !== null ||
      issuedAt <= ((await readUntil(callerId, grant)) ?? Number.NEGATIVE_INFINITY)
    if (ended || now === round) remember(id, ended, at)
    return ended
  }

  const ask = async (session: VirtualSession, before: Known | undefined): Promise<boolean> => {
    try {
      await current()
      return known.get(session.id)?.ended ?? (await read(session))
    } catch (error) {
      // The store is out: judged as last known, for as long as a token is served without it.
      if (before !== undefined && ageOf(before) < staleMax) return before.ended
      throw error
    }
  }

  /** What is over anyway need not be kept as ended. */
  const prune = async (): Promise<void> => {
    if (clock.boot() - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = clock.boot()
    for (let after = ''; ;) {
      const page = await records.list(ENDED, after)
      const last = page.at(-1)
      if (last === undefined) return
      after = last.id
      for (const { id, doc } of page) if (numberIn(doc, 'until') < clock.wall()) await records.remove(ENDED, id)
    }
  }

  return {
    has: (session) => {
      const found = known.get(session.id)
      if (found?.ended === true) return true
      return found !== undefined && ageOf(found) < STALE_MS ? false : ask(session, found)
    },

    async until(callerId, grant) {
      try {
        await current()
        return await readUntil(callerId, grant)
      } catch {
        // The store is out. The session that begins now is judged by every replica when it is back.
        return null
      }
    },

    begun: ({ id }) => remember(id, false, clock.boot()),

    async end(session, caller) {
      const { id, issuedAt, grant } = session
      await records.putAll([{ kind: ENDED, id, doc: { until: issuedAt + sessionLife } }, head], {
        kind: 'session-ended',
        data: { caller: caller.name, grant },
      })
      remember(id, true, clock.boot())
      await prune()
    },

    async endAll(caller, grant) {
      await records.putAll([{ kind: ENDED_BEFORE, id: both(caller.id, grant), doc: { at: clock.wall() } }, head], {
        kind: 'sessions-ended',
        data: { caller: caller.name, grant },
      })
      forget()
    },
  }
}

const numberIn = (doc: StoreRecord['doc'], name: string): number => {
  const value: unknown = typeof doc === 'object' && doc !== null && name in doc ? Reflect.get(doc, name) : null
  // What can't be read ends sessions rather than keeping them.
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}
