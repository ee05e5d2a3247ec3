/**
 * Virtual sessions: begun at the token endpoint or by SOAP login(), judged at each call, ended by their caller only.
 *
 * A session is the sealed token itself; the store holds which ones were ended before their time (until that time has
 * come), so every replica judges them alike. Nothing here touches a grant: what one caller ends, no other caller notices.
 *
 * Who logs in again without need is answered with the session it has, as Salesforce itself does: programs that log in
 * before every call are many, and a session of their own for each call helps nobody.
 */
import { createSecretKey, randomUUID } from 'node:crypto'
import type { BrokerContext, Caller, Face } from '../caller.ts'
import { placeFits } from '../callers/place-fits.ts'
import type { Place } from '../callers/place-fits.ts'
import { endedSessions } from './ended-sessions.ts'
import type { FaceOptions } from './options.ts'
import { openVirtualToken, sealVirtualToken } from './virtual-token.ts'
import type { VirtualSession } from './virtual-token.ts'

export interface Judged {
  readonly caller: Caller
  readonly session: VirtualSession
}

/** The same object as long as it is the same session: what else is answered with it can be kept by it. */
export interface Begun {
  readonly token: string
  readonly session: VirtualSession
}

interface Beginning {
  readonly caller: Caller
  readonly grant: string
  readonly face: Face
  readonly orgId: string | null
}

export interface VirtualSessions {
  /**
   * The session this caller has with this grant on this face, or a new one where that was ended, is over half its life
   * old, or began under another policy. What was ended on another replica is answered for 200 ms at most.
   */
  begin(beginning: Beginning): Begun | Promise<Begun>
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

/** More than that, and the oldest are forgotten: their callers get a new session at their next login. */
const MOST_KEPT = 10_000

interface Kept {
  readonly begun: Begun
  caller: Caller
  readonly orgId: string | null
}

export const virtualSessions = ({ keyturn, callers, clock }: BrokerContext, options: FaceOptions): VirtualSessions => {
  const { sessionLife, staleMax } = options
  const key = createSecretKey(keyturn.store.deriveKey('virtual-session'))
  const ended = endedSessions({ store: keyturn.store, clock, sessionLife, staleMax })
  /** Opening a seal is the dearest part of judging a session that was just judged. */
  const opened = new Map<string, VirtualSession>()
  /** Of who logged in here lately. */
  const kept = new Map<string, Kept>()

  const open = (token: string): VirtualSession | null => {
    const known = opened.get(token)
    if (known !== undefined) return known
    const session = openVirtualToken(key, token)
    if (session === null) return null
    if (opened.size >= MOST_KEPT) opened.clear()
    opened.set(token, session)
    return session
  }

  /** The session that this login can be answered with, as far as that can be told without the store. */
  const keptFor = (name: string, { caller, orgId }: Beginning): Begun | null => {
    const known = kept.get(name)
    if (known === undefined || known.orgId !== orgId || !samePolicy(known, caller)) return null
    return clock.wall() - known.begun.session.issuedAt < sessionLife / 2 ? known.begun : null
  }

  const anew = async (name: string, beginning: Beginning): Promise<Begun> => {
    const { caller, grant, orgId } = beginning
    const before = kept.get(name)
    const until = await ended.until(caller.id, grant)
    // Somebody else who logged in meanwhile may have begun one.
    const now = kept.get(name)
    const other = now === before ? null : keptFor(name, beginning)
    if (other !== null) return other
    // Replicas' clocks differ: what begins after all of them were ended must not look older than that.
    const issuedAt = Math.max(clock.wall(), until !== null && Number.isFinite(until) ? until + 1 : 0)
    const session = { id: randomUUID(), callerId: caller.id, grant, issuedAt, epoch: caller.sessionEpoch }
    const begun = { token: sealVirtualToken(key, session, orgId), session }
    ended.begun(session)
    kept.delete(name)
    for (const [oldest] of kept) {
      if (kept.size < MOST_KEPT) break
      kept.delete(oldest)
    }
    kept.set(name, { begun, caller, orgId })
    return begun
  }

  const unlessEnded = async (over: Promise<boolean>, begun: Begun, again: () => Promise<Begun>): Promise<Begun> =>
    (await over) ? again() : begun

  return {
    begin: (beginning) => {
      const { caller, grant, face } = beginning
      const name = `${caller.id} ${face} ${grant}`
      const begun = keptFor(name, beginning)
      if (begun === null) return anew(name, beginning)
      const over = ended.has(begun.session)
      if (over === false) return begun
      return over === true ? anew(name, beginning) : unlessEnded(over, begun, () => anew(name, beginning))
    },

    async judge(token, from) {
      const session = open(token)
      if (session === null || clock.wall() - session.issuedAt >= sessionLife) return null
      const caller = await callers.byId(session.callerId)
      if (caller === null || !caller.grants.includes(session.grant)) return null
      if (from.face !== null && !caller.faces.includes(from.face)) return null
      if (caller.expiresAt !== null && caller.expiresAt <= clock.wall()) return null
      if (session.epoch !== caller.sessionEpoch || !placeFits(caller, from, false)) return null
      const over = ended.has(session)
      return over === true || (over !== false && (await over)) ? null : { caller, session }
    },

    end: ({ caller, session }) => ended.end(session, caller),

    endAll: (caller, grant) => ended.endAll(caller, grant),
  }
}

/** Callers are read anew when any of them changed: this one may be as it was. */
const samePolicy = (known: Kept, caller: Caller): boolean => {
  if (known.caller === caller) return true
  if (JSON.stringify(known.caller) !== JSON.stringify(caller)) return false
  known.caller = caller
  return true
}
