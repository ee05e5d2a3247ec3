/**
 * What callers of a grant hear that a person has to authorise again. Never silence: the answer comes at once, says that
 * somebody was asked and when to come back, and is no `invalid_grant` (callers would throw their own good token away).
 * Only while a code is being traded it is held for a moment: then there is a token.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { aroundTokens } from '../around-tokens.ts'
import { isLiving } from './reauthorisation-record.ts'
import type { Reauthorisations } from './reauthorisations.ts'

const RETRY_SECONDS = 60
const NAP_MS = 250

/** Why a grant gives no token that only a person can lift. */
const personal = new Set(['GRANT_DEAD', 'GRANT_IN_DOUBT', 'GRANT_BLOCKED', 'ENROLMENT_RUNNING'])

interface PendingParts {
  readonly clock: Clock
  readonly reauthorisations: Reauthorisations
  /** How long a caller is held while a code is being traded, ms. */
  readonly patience: number
}

export const withPending = (keyturn: Keyturn, { clock, reauthorisations, patience }: PendingParts): Keyturn => {
  /** True: it was traded meanwhile. Otherwise the error to be told. */
  const outcome = async (name: string, error: KeyturnError): Promise<true | KeyturnError> => {
    const until = clock.boot() + patience
    for (;;) {
      const grant = await keyturn.store.grant(name)
      const is = grant === null ? null : await reauthorisations.of(grant.id)
      if (grant === null || is === null || !isLiving(is.doc, clock.wall())) return error
      if (is.doc.status === 'finishing' || grant.state.access === 'alive') return true
      if (is.doc.status === 'open' || clock.boot() >= until) return pendingError(name, error, is.doc.madeAt)
      await keyturn.store.changed(NAP_MS)
    }
  }

  return aroundTokens(keyturn, async (name, work) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof KeyturnError) || !personal.has(error.code)) throw error
      const end = await outcome(name, error)
      if (end !== true) throw end
      return work()
    }
  })
}

const pendingError = (name: string, error: KeyturnError, madeAt: number): KeyturnError =>
  new KeyturnError(
    'REAUTHORISATION_PENDING',
    `${error.message}. A person was asked at ${new Date(madeAt).toISOString()} to sign in again for ${name}; what you hold stays good`,
    { data: { ...error.data, cause: error.code, pending: true, retryAfter: RETRY_SECONDS } },
  )
