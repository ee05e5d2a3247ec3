/**
 * Notices grants that wait for a person: by the event of a death, at the start, and once a round, since another process
 * may have met the death or another replica may have died half-way. Safe to run in every replica.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import type { Log } from '../log.ts'
import type { Ask } from './ask.ts'
import { needsPerson } from './ask.ts'
import type { Reauthorisations } from './reauthorisations.ts'
import type { Trade } from './trade.ts'

export interface WatchParts {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly log: Log
  readonly reauthorisations: Reauthorisations
  readonly trade: Trade
  readonly ask: Ask
  /** ms. */
  readonly every: number
}

export interface Watch {
  /** One round, now. */
  look(): Promise<void>
  close(): Promise<void>
}

const BROKER = 'the broker'

export const watchDeaths = ({ keyturn, clock, log, reauthorisations, trade, ask, every }: WatchParts): Watch => {
  const closing = new AbortController()
  let woken = (): void => undefined
  let again = false

  const one = async (grantId: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      const code = error instanceof KeyturnError ? error.code : 'DEFECT'
      log.warn('a grant that waits for a person could not be looked after; trying again', { grant: grantId, code })
    }
  }

  const look = async (): Promise<void> => {
    // In this order: a grant that lives was seen after the link that is closed for it.
    const all = await reauthorisations.all()
    const grants = await keyturn.grants.list()
    const byId = new Map(grants.map((grant) => [grant.id, grant]))
    for (const is of all) {
      await one(is.grantId, async () => {
        await trade.goOn(is)
        const grant = byId.get(is.grantId)
        const over = grant === undefined || (is.doc.reason === 'dead' && !needsPerson(grant))
        if (!over || is.doc.status !== 'open') return
        await reauthorisations.change(
          is.grantId,
          (doc) =>
            doc.status === 'open' && doc.link === is.doc.link ? { ...doc, status: 'closed', outcome: null } : null,
          { kind: 'reauthorisation-not-needed', grant: is.grantId, data: {} },
        )
      })
    }
    for (const grant of grants) if (needsPerson(grant)) await one(grant.name, () => ask(grant, BROKER))
  }

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      again = false
      const over = new AbortController()
      const wake = new Promise<void>((resolve) => (woken = resolve))
      await one('*', look)
      if (!again) await Promise.race([clock.sleep(every, AbortSignal.any([closing.signal, over.signal])), wake])
      over.abort()
    }
  }
  const stop = keyturn.on('*', ({ type }) => {
    if (type !== 'dead' && type !== 'fallback-failed' && type !== 'enrolled') return
    again = true
    woken()
  })
  const running = run()

  return {
    look,
    close: async () => {
      stop()
      closing.abort()
      woken()
      await running
    },
  }
}
