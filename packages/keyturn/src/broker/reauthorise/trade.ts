/**
 * From an authorisation code to a grant that is known to work: the library checks org and user before the new token
 * takes the old one's place, and ends what is left of the old one only when the new one was seen to work.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, FormerEnded, Keyturn, RecordEntry } from '@keyturn/tokens'
import type { Log } from '../log.ts'
import type { BegunLogin, Reauthorisation, ReauthorisationDoc } from './reauthorisation-record.ts'
import { isAbandoned } from './reauthorisation-record.ts'
import type { Reauthorisations } from './reauthorisations.ts'

/** Longer than the library waits for a code's answer and the proofs together: past this whoever was at it has died. */
const BUSY_MS = 120_000
const PROVE_AGAIN_MS = 60_000

type Ending = 'completed' | 'refused' | 'died-again' | 'not-proven' | 'taken'

export interface Trade {
  /** `code` was brought by the browser that began this login. */
  trade(is: Reauthorisation, login: BegunLogin, code: string): Promise<Ending>
  /** Salesforce ended the login without a code. */
  refused(is: Reauthorisation, login: BegunLogin, outcome: string): Promise<Ending>
  /** Goes on where a replica that died or could not prove left it. Null: nothing to do. */
  goOn(is: Reauthorisation): Promise<Ending | null>
}

interface TradeParts {
  readonly keyturn: Pick<Keyturn, 'grants' | 'store'>
  readonly clock: Clock
  readonly log: Log
  readonly reauthorisations: Reauthorisations
  /** Each ending, once over all replicas. */
  readonly ended: (is: Reauthorisation, ending: Ending) => Promise<void>
}

export const openTrade = ({ keyturn, clock, log, reauthorisations, ended }: TradeParts): Trade => {
  const { change } = reauthorisations

  const told = async (is: Reauthorisation | null, ending: Ending): Promise<Ending> => {
    if (is === null) return 'taken'
    log.info('a re-authorisation went on', { grant: is.doc.grant, ending })
    await ended(is, ending)
    return ending
  }

  const entryOf = (grantId: string, kind: string, data: RecordEntry['data']): RecordEntry => ({
    kind,
    grant: grantId,
    data,
  })

  /** The old state stays, and so does the link. */
  const reopened = async ({ grantId }: Reauthorisation, outcome: string, code: string): Promise<Ending> =>
    told(
      await change(
        grantId,
        (doc) => (doc.status === 'trading' ? { ...doc, status: 'open', busyUntil: null, outcome } : null),
        entryOf(grantId, 'reauthorisation-refused', { code }),
      ),
      'refused',
    )

  const settle = async ({ grantId }: Reauthorisation, end: Partial<ReauthorisationDoc>, ending: Ending, why: string) =>
    told(
      await change(
        grantId,
        (doc) => (doc.status === 'finishing' ? { ...doc, ...end } : null),
        ending === 'not-proven'
          ? undefined
          : entryOf(grantId, `reauthorisation-${ending}`, { why: why.toWellFormed() }),
      ),
      ending,
    )

  const finish = async (is: Reauthorisation): Promise<Ending> => {
    const name = await nameOf(is)
    const former = await keyturn.grants.endFormer(name)
    if (former.before === 'unknown' || former.after === 'unknown') {
      const now = clock.wall()
      const why = former.why ?? ''
      if (now < is.doc.expiresAt) {
        const outcome = `The sign-in worked; whether the new token does is not known yet (${why}). Keyturn looks again by itself.`
        return settle(is, { busyUntil: now + PROVE_AGAIN_MS, outcome }, 'not-proven', why)
      }
      return settle(is, { status: 'done', busyUntil: null, outcome: `Never proven: ${why}` }, 'completed', why)
    }
    const why = former.why ?? ''
    const fault = faultOf(former)
    if (fault !== null) return settle(is, { status: 'closed', busyUntil: null, outcome: fault }, 'died-again', why)
    return settle(is, { status: 'done', busyUntil: null, outcome: successOf(former) }, 'completed', why)
  }

  const nameOf = async ({ grantId, doc }: Reauthorisation): Promise<string> =>
    (await keyturn.store.grantById(grantId))?.name ?? doc.grant

  const traded = async (is: Reauthorisation): Promise<Ending> => {
    const finishing = await change(is.grantId, (doc) =>
      doc.status === 'trading' ? { ...doc, status: 'finishing', busyUntil: clock.wall() + BUSY_MS } : null,
    )
    return finishing === null ? 'taken' : finish(finishing)
  }

  return {
    trade: async (is, login, code) => {
      const taken = await reauthorisations.take(is, login, BUSY_MS)
      if (taken === null) return 'taken'
      try {
        const enrolment = await keyturn.grants.enrol(await nameOf(taken.is), BUSY_MS)
        const { redirectUri } = login
        await enrolment.complete({ code, redirectUri, codeVerifier: taken.verifier.reveal() }, { keepFormer: true })
      } catch (error) {
        return reopened(taken.is, outcomeOf(error), error instanceof KeyturnError ? error.code : 'DEFECT')
      }
      return traded(taken.is)
    },

    refused: async (is, login, outcome) => {
      const taken = await reauthorisations.take(is, login, BUSY_MS)
      return taken === null ? 'taken' : reopened(taken.is, outcome, 'GRANT_REFUSED')
    },

    goOn: async (is) => {
      const now = clock.wall()
      if (!isAbandoned(is.doc, now)) return null
      const grant = await keyturn.store.grantById(is.grantId)
      const came = grant?.state.status === 'live' && grant.state.lineage !== is.doc.lineage
      if (is.doc.status === 'trading' && !came)
        return reopened(is, 'The broker was interrupted during the last sign-in. Start again.', 'EXCHANGE_TIMEOUT')
      // One replica goes on: the others see that it is busy.
      const mine = await change(is.grantId, (doc) =>
        isAbandoned(doc, now) ? { ...doc, status: 'finishing', busyUntil: now + BUSY_MS } : null,
      )
      return mine === null ? null : finish(mine)
    },
  }
}

const outcomeOf = (error: unknown): string => {
  if (!(error instanceof KeyturnError)) return 'Something went wrong inside the broker. Start again.'
  if (error.code === 'IDENTITY_CHANGED')
    return `${error.message}. What that sign-in gave was revoked at once and nothing was changed. Sign in as the user named below.`
  if (error.code === 'ENROLMENT_RUNNING') return `${error.message}. Try again when that is over.`
  return `${error.message}. Nothing was changed. Start again.`
}

const faultOf = ({ before, after, why }: FormerEnded): string | null => {
  if (before === 'refused') return `The sign-in worked, and Salesforce refuses its token all the same: ${why ?? ''}`
  if (after === 'refused')
    return `The sign-in worked, but when what was left of the old one was revoked, Salesforce ended the new one with it (${why ?? ''}). Nothing old is left now: signing in once more will last.`
  return null
}

const successOf = ({ revoked, kept, why }: FormerEnded): string => {
  const left =
    revoked > 0
      ? ' What was left of the old authorisation was revoked, and the new one was seen to work after that.'
      : kept > 0
        ? ` What is left of the old authorisation was not revoked: ${why ?? ''}.`
        : ''
  return `The grant lives again and was seen to work.${left}`
}
