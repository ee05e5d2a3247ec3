/** A re-authorisation as screens and programs are shown it: nothing secret. */
import type { Reauthorisation } from './reauthorisation-record.ts'
import { isLiving } from './reauthorisation-record.ts'

interface ShownReauthorisation {
  readonly status: string
  readonly reason: string
  readonly by: string
  readonly owner: string | null
  readonly madeAt: number
  readonly expiresAt: number
  readonly toldAt: number | null
  readonly begun: number
  readonly outcome: string | null
}

export const shownReauthorisation = (is: Reauthorisation | null, now: number): ShownReauthorisation | null => {
  if (is === null) return null
  const { reason, by, owner, madeAt, expiresAt, toldAt, begun, outcome } = is.doc
  const status = is.doc.status === 'open' && !isLiving(is.doc, now) ? 'expired' : is.doc.status
  return { status, reason, by, owner, madeAt, expiresAt, toldAt, begun, outcome }
}
