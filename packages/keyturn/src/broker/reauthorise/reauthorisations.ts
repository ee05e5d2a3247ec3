/**
 * The life of a re-authorisation: made once a grant, begun by a click, taken by a callback, finished. Every step is a
 * compare-and-set on the grant's record, so that replicas, double clicks and crashes can't make two of one.
 */
import { KeyturnError, Secret } from '@keyturn/tokens'
import type { Clock, GrantView, Keyturn, RecordEntry } from '@keyturn/tokens'
import { newPkce } from '../../connect/pkce.ts'
import { fits, grantIdIn, hashOf, newOneTime } from './link-token.ts'
import type { Random } from './link-token.ts'
import { isAbandoned, isLiving, readReauthorisation, reauthorisationKind } from './reauthorisation-record.ts'
import type { BegunLogin, Reauthorisation, ReauthorisationDoc } from './reauthorisation-record.ts'

/** Salesforce's login pages included; the code itself is good for 15 minutes (Help, OAuth 2.0 web server flow). */
export const LOGIN_MS = 15 * 60_000
/** Two tabs, a double click, a second browser: more at once is nobody's need. */
const MOST_LOGINS = 5
const TRIES = 8
const DEFAULT_SCOPE = 'api refresh_token'

interface Wanted {
  readonly reason: ReauthorisationDoc['reason']
  readonly by: string
  readonly owner: string | null
  /** How long the link can be used, ms. */
  readonly life: number
}

export interface Reauthorisations {
  of(grantId: string): Promise<Reauthorisation | null>
  all(): Promise<readonly Reauthorisation[]>
  /** The living one, or a new one. `made`: by this call. Throws BAD_ARGUMENT where nobody can log in for it. */
  want(grant: GrantView, wanted: Wanted): Promise<{ readonly made: boolean; readonly is: Reauthorisation }>
  /** What stands in its link. */
  linkOf(is: Reauthorisation): Promise<Secret>
  /** By a link or a state as somebody showed it. */
  shown(text: string): Promise<Reauthorisation | null>
  /**
   * A login begins: what Salesforce and this browser are given. `known` is what the browser came with, kept so that two
   * tabs are not in each other's way. Null: the link can't be used any more.
   */
  begin(
    is: Reauthorisation,
    redirectUri: string,
    known: string | null,
  ): Promise<{ readonly state: Secret; readonly browser: Secret; readonly challenge: string } | null>
  /** Exactly one caller gets the verifier and goes on with the code; null: this login was used, or another is at it. */
  take(
    is: Reauthorisation,
    login: BegunLogin,
    busy: number,
  ): Promise<{ readonly is: Reauthorisation; readonly verifier: Secret } | null>
  /** Null: nothing to change; it was changed meanwhile in a way that `step` does not want any more. */
  change(
    grantId: string,
    step: (doc: ReauthorisationDoc) => ReauthorisationDoc | null,
    entry?: RecordEntry,
  ): Promise<Reauthorisation | null>
}

const verifierOf = (slot: number): string => `verifier-${slot}`
const everySlot = Array.from({ length: MOST_LOGINS }, (_, slot) => verifierOf(slot))

const scopeOf = (scope: string | null): string => {
  const words = (scope ?? DEFAULT_SCOPE).split(/\s+/).filter((word) => word !== '')
  return words.includes('refresh_token') || words.includes('offline_access')
    ? words.join(' ')
    : [...words, 'refresh_token'].join(' ')
}

const lost = (error: unknown): boolean => error instanceof KeyturnError && error.code === 'CLAIM_LOST'

export const openReauthorisations = ({
  keyturn,
  clock,
  random,
}: {
  readonly keyturn: Pick<Keyturn, 'store'>
  readonly clock: Clock
  readonly random: Random
}): Reauthorisations => {
  const { store } = keyturn
  const { records } = store

  const of = async (grantId: string): Promise<Reauthorisation | null> => {
    const record = await records.get(reauthorisationKind, grantId)
    return record === null ? null : readReauthorisation(record)
  }

  const put = async (
    { grantId, version, doc }: { grantId: string; version: number | null; doc: ReauthorisationDoc },
    sealed: { readonly secrets?: Readonly<Record<string, Secret>>; readonly forget?: readonly string[] } = {},
    entry?: RecordEntry,
  ): Promise<Reauthorisation> =>
    readReauthorisation(
      await records.put({ kind: reauthorisationKind, id: grantId, expect: version, doc, ...sealed }, entry),
    )

  /** Reads, steps and writes until nobody came between. */
  const stepped = async <T>(
    grantId: string,
    step: (is: Reauthorisation | null) => Promise<{ readonly result: T } | null>,
  ): Promise<T | null> => {
    for (let tries = 1; ; tries++) {
      try {
        return (await step(await of(grantId)))?.result ?? null
      } catch (error) {
        if (!lost(error) || tries === TRIES) throw error
      }
    }
  }

  const want: Reauthorisations['want'] = async (grant, { reason, by, owner, life }) => {
    const { identity, name, flow } = grant
    if (flow !== 'refresh_token')
      throw new KeyturnError('BAD_ARGUMENT', `${name} signs in by ${flow}: there is nobody to log in for it`)
    if (identity === null)
      throw new KeyturnError('BAD_ARGUMENT', `Nobody knows yet whose grant ${name} is, so no login can be checked`, {
        fix: `Run \`keyturn connect ${name}\`.`,
      })
    const stored = await store.grantById(grant.id)
    const known = stored?.settings.scope ?? stored?.access?.scope ?? null
    const asked = (until: number): RecordEntry => ({
      kind: 'reauthorisation-asked',
      grant: grant.id,
      data: { reason, by, until },
    })
    const result = await stepped(grant.id, async (before) => {
      const now = clock.wall()
      const why = grant.why?.text ?? ''
      if (before !== null && isLiving(before.doc, now)) {
        const { doc } = before
        if (reason !== 'dead' || doc.reason !== 'asked' || doc.status !== 'open')
          return { result: { made: false, is: before } }
        // It died while it was to be authorised anew: the same link serves, and people have not heard of the death yet.
        const dead = await put({ ...before, doc: { ...doc, reason, why, toldAt: null } }, {}, asked(doc.expiresAt))
        return { result: { made: false, is: dead } }
      }
      const link = newOneTime(grant.id, random)
      const doc: ReauthorisationDoc = {
        v: 1,
        grant: name,
        status: 'open',
        reason,
        link: hashOf(link.reveal()),
        lineage: grant.lineage,
        madeAt: now,
        expiresAt: now + life,
        why,
        by,
        owner,
        orgId: identity.orgId,
        userId: identity.userId,
        username: grant.username,
        loginUrl: grant.loginUrl,
        clientId: grant.clientId,
        scope: scopeOf(known),
        logins: [],
        begun: 0,
        busyUntil: null,
        toldAt: null,
        alarmedAt: null,
        // What went wrong last time is for who comes by the next link.
        outcome: before?.doc.status === 'closed' ? before.doc.outcome : null,
      }
      const is = await put(
        { grantId: grant.id, version: before?.version ?? null, doc },
        { secrets: { link }, forget: everySlot },
        asked(doc.expiresAt),
      )
      return { result: { made: true, is } }
    })
    if (result === null) throw new KeyturnError('DEFECT', 'a re-authorisation was neither found nor made')
    return result
  }

  return {
    of,
    all: async () => {
      const found: Reauthorisation[] = []
      for (let after = ''; ; after = found.at(-1)?.grantId ?? '') {
        const page = await records.list(reauthorisationKind, after)
        if (page.length === 0) return found
        found.push(...page.map(readReauthorisation))
      }
    },
    want,
    linkOf: async ({ grantId }) => {
      const link = await records.secret(reauthorisationKind, grantId, 'link')
      if (link === null) throw new KeyturnError('DEFECT', 'a re-authorisation has no link')
      return link
    },
    shown: async (text) => {
      const grantId = grantIdIn(text)
      return grantId === null ? null : of(grantId)
    },

    begin: async ({ grantId, doc: { link } }, redirectUri, known) =>
      stepped(grantId, async (is) => {
        const now = clock.wall()
        // While a code is being traded its outcome is near: another login would only be in its way.
        if (is === null || is.doc.link !== link || is.doc.status !== 'open' || now >= is.doc.expiresAt) return null
        const [state, pkce] = [newOneTime(grantId, random), newPkce(random)]
        const same = known !== null && is.doc.logins.some((one) => fits(one.browser, known))
        const browser = same ? new Secret(known) : newOneTime(grantId, random)
        const slot = is.doc.begun % MOST_LOGINS
        const login: BegunLogin = {
          slot,
          state: hashOf(state.reveal()),
          browser: hashOf(browser.reveal()),
          redirectUri,
          until: now + LOGIN_MS,
          used: false,
        }
        const logins = [...is.doc.logins.filter((one) => one.slot !== slot), login]
        await put(
          { ...is, doc: { ...is.doc, logins, begun: is.doc.begun + 1 } },
          { secrets: { [verifierOf(slot)]: new Secret(pkce.verifier) } },
          { kind: 'reauthorisation-begun', grant: grantId, data: { login: is.doc.begun + 1 } },
        )
        return { result: { state, browser, challenge: pkce.challenge } }
      }),

    take: async ({ grantId }, login, busy) =>
      stepped(grantId, async (is) => {
        const mine = is?.doc.logins.find(({ state }) => state === login.state)
        const now = clock.wall()
        if (is === null || mine === undefined || mine.used || now >= mine.until || now >= is.doc.expiresAt) return null
        if (is.doc.status !== 'open' && !(is.doc.status === 'trading' && isAbandoned(is.doc, now))) return null
        const verifier = await records.secret(reauthorisationKind, grantId, verifierOf(mine.slot))
        if (verifier === null) return null
        const logins = is.doc.logins.map((one) => (one === mine ? { ...one, used: true } : one))
        // A grant that lives may have rotated since the link was made.
        const lineage = (await store.grantById(grantId))?.state.lineage ?? is.doc.lineage
        const taken = await put(
          { ...is, doc: { ...is.doc, status: 'trading', logins, lineage, busyUntil: now + busy } },
          { forget: [verifierOf(mine.slot)] },
        )
        return { result: { is: taken, verifier } }
      }),

    change: (grantId, step, entry) =>
      stepped(grantId, async (is) => {
        const doc = is === null ? null : step(is.doc)
        if (is === null || doc === null) return null
        const over = doc.status === 'done' || doc.status === 'closed'
        return { result: await put({ ...is, doc }, over ? { forget: everySlot } : {}, entry) }
      }),
  }
}

/** The login that this state began. Every one is compared, each in constant time. */
export const loginOf = ({ doc }: Reauthorisation, state: string): BegunLogin | null =>
  doc.logins.reduce<BegunLogin | null>((found, login) => (fits(login.state, state) ? login : found), null)
