/**
 * Virtual sessions: begun at the token endpoint or by SOAP login(), judged at each call, ended by their caller only.
 *
 * A session is the sealed token itself; the store holds which ones were ended before their time (until that time has
 * come), so every replica judges them alike. Nothing here touches a grant: what one caller ends, no other caller notices.
 */
import { createHash, createSecretKey, randomUUID } from 'node:crypto'
import type { Keyturn } from '@keyturn/tokens'
import type { BrokerContext, Caller, Face } from '../caller.ts'
import { placeFits } from '../callers/place-fits.ts'
import type { Place } from '../callers/place-fits.ts'
import type { FaceOptions } from './options.ts'
import { openVirtualToken, sealVirtualToken } from './virtual-token.ts'
import type { VirtualSession } from './virtual-token.ts'

export interface Judged {
  readonly caller: Caller
  readonly session: VirtualSession
}

export interface VirtualSessions {
  begin(caller: Caller, grant: string, orgId: string | null): string
  /**
   * Null: no session of ours, ended, too old, or not from where its caller may come from, asked at each use; its caller is gone or may not do this any more. `face`
   * null: for what every holder of a session may do (learn whose it is, end it).
   */
  judge(token: string, from: Place & { readonly face: Face | null }): Promise<Judged | null>
  /** Ledgered. */
  end(judged: Judged): Promise<void>
  /** Ends every session of this caller with this grant that began until now. */
  endAll(caller: Caller, grant: string): Promise<void>
}

/** How old an answer of the store about an ended session may be, ms: the same as for tokens. */
const STALE_MS = 200
const PRUNE_EVERY_MS = 3_600_000
/** More sessions than that at once, and the store is asked again. */
const MOST_REMEMBERED = 10_000
const ENDED = 'ended-session'
const ENDED_BEFORE = 'ended-before'

const both = (caller: string, grant: string): string =>
  createHash('sha256')
    .update(JSON.stringify([caller, grant]))
    .digest('hex')

export const virtualSessions = ({ keyturn, callers, clock }: BrokerContext, options: FaceOptions): VirtualSessions => {
  const { records } = keyturn.store
  const key = createSecretKey(keyturn.store.deriveKey('virtual-session'))
  const remembered = new Map<string, { readonly ended: boolean; readonly at: number }>()
  /** Opening a seal is the dearest part of judging a session that was just judged. */
  const opened = new Map<string, VirtualSession>()
  let prunedAt = Number.NEGATIVE_INFINITY

  const open = (token: string): VirtualSession | null => {
    const known = opened.get(token)
    if (known !== undefined) return known
    const session = openVirtualToken(key, token)
    if (session === null) return null
    if (opened.size >= MOST_REMEMBERED) opened.clear()
    opened.set(token, session)
    return session
  }

  const readEnded = async (session: VirtualSession): Promise<boolean> => {
    const one = await records.get(ENDED, session.id)
    if (one !== null) return true
    const all = await records.get(ENDED_BEFORE, both(session.callerId, session.grant))
    return all !== null && session.issuedAt <= numberIn(all.doc, 'at')
  }

  const ended = async (session: VirtualSession): Promise<boolean> => {
    const now = clock.boot()
    const known = remembered.get(session.id)
    if (known !== undefined && (known.ended || now - known.at < STALE_MS)) return known.ended
    let found: boolean
    try {
      found = await readEnded(session)
    } catch (error) {
      // The store is out: judged as last read, for as long as a token is served without it.
      if (known !== undefined && now - known.at < options.staleMax) return known.ended
      throw error
    }
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(session.id, { ended: found, at: now })
    return found
  }

  /** What is over anyway need not be kept as ended. */
  const prune = async (): Promise<void> => {
    if (clock.boot() - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = clock.boot()
    for (const { id, doc } of await records.list(ENDED)) {
      if (numberIn(doc, 'until') < clock.wall()) await records.remove(ENDED, id)
    }
  }

  return {
    begin: (caller, grant, orgId) =>
      sealVirtualToken(
        key,
        { id: randomUUID(), callerId: caller.id, grant, issuedAt: clock.wall(), epoch: caller.sessionEpoch },
        orgId,
      ),

    async judge(token, from) {
      const session = open(token)
      if (session === null || clock.wall() - session.issuedAt >= options.sessionLife) return null
      const caller = await callers.byId(session.callerId)
      if (caller === null || !caller.grants.includes(session.grant)) return null
      if (from.face !== null && !caller.faces.includes(from.face)) return null
      if (caller.expiresAt !== null && caller.expiresAt <= clock.wall()) return null
      if (session.epoch !== caller.sessionEpoch || !placeFits(caller, from, false)) return null
      if (await ended(session)) return null
      return { caller, session }
    },

    async end({ caller, session }) {
      await records.put(
        { kind: ENDED, id: session.id, doc: { until: session.issuedAt + options.sessionLife } },
        { kind: 'session-ended', data: { caller: caller.name, grant: session.grant } },
      )
      remembered.set(session.id, { ended: true, at: clock.boot() })
      await prune()
    },

    async endAll(caller, grant) {
      await records.put(
        { kind: ENDED_BEFORE, id: both(caller.id, grant), doc: { at: clock.wall() } },
        { kind: 'sessions-ended', data: { caller: caller.name, grant } },
      )
      remembered.clear()
    },
  }
}

export type Json = Awaited<ReturnType<Keyturn['store']['records']['put']>>['doc']

const numberIn = (doc: Json, name: string): number => {
  const value = typeof doc === 'object' && doc !== null && name in doc ? Reflect.get(doc, name) : null
  // What can't be read ends sessions rather than keeping them.
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
}
