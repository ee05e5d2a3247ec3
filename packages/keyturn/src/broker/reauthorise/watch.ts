/**
 * Notices grants that wait for a person: by the event of a death, at the start, and once a round, since another process
 * may have met the death or another replica may have died half-way. Safe to run in every replica.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, GrantView, Keyturn } from '@keyturn/tokens'
import type { Log } from '../log.ts'
import type { Ask } from './ask.ts'
import { needsPerson } from './ask.ts'
import type { Reauthorisation } from './reauthorisation-record.ts'
import type { Reauthorisations } from './reauthorisations.ts'
import type { Trade } from './trade.ts'

interface WatchParts {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly log: Log
  readonly reauthorisations: Reauthorisations
  readonly trade: Trade
  readonly ask: Ask
  /** ms. */
  readonly every: number
}

interface Watch {
  close(): Promise<void>
}

const BROKER = 'the broker'
/** At the end, for a channel that is slow: who was not told is told by the next broker. */
const GRACE_MS = 5_000
/** Events after which one grant is looked at. */
const telling = new Set(['dead', 'fallback-failed', 'enrolled'])

export const watchDeaths = ({ keyturn, clock, log, reauthorisations, trade, ask, every }: WatchParts): Watch => {
  const closing = new AbortController()
  const told = new Set<string>()
  let woken = (): void => undefined

  const safely = async (grant: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      if (!closing.signal.aborted) await work()
    } catch (error) {
      const code = error instanceof KeyturnError ? error.code : 'DEFECT'
      log.warn('a grant that waits for a person could not be looked after; trying again', { grant, code })
    }
  }

  /** `grant` was read after `is`; undefined: it was removed. */
  const tidy = async (is: Reauthorisation, grant: GrantView | undefined): Promise<void> => {
    await trade.goOn(is)
    const over = grant === undefined || (is.doc.reason === 'dead' && !needsPerson(grant))
    if (!over || is.doc.status !== 'open') return
    await reauthorisations.change(
      is.grantId,
      (doc) => (doc.status === 'open' && doc.link === is.doc.link ? { ...doc, status: 'closed', outcome: null } : null),
      { kind: 'reauthorisation-not-needed', grant: is.grantId, data: {} },
    )
  }

  const lookAt = async (name: string): Promise<void> => {
    const { id } = await keyturn.grants.show(name)
    const is = await reauthorisations.of(id)
    const grant = await keyturn.grants.show(name)
    if (is !== null) await tidy(is, grant)
    if (needsPerson(grant)) await ask(grant, BROKER)
  }

  const lookAtAll = async (): Promise<void> => {
    const all = await reauthorisations.all()
    const altered = new Set<unknown>()
    const grants = await keyturn.grants.list({
      altered: ({ code, data }) => {
        altered.add(data.grant)
        log.error('a grant was altered outside of Keyturn and is left out', { code, ...data })
      },
    })
    const byId = new Map(grants.map((grant) => [grant.id, grant]))
    for (const is of all) {
      // Left out is not removed: its link stays.
      if (!altered.has(is.grantId)) await safely(is.doc.grant, () => tidy(is, byId.get(is.grantId)))
    }
    for (const grant of grants) if (needsPerson(grant)) await safely(grant.name, () => ask(grant, BROKER))
  }

  const run = async (): Promise<void> => {
    let next = clock.boot()
    while (!closing.signal.aborted) {
      if (clock.boot() >= next) {
        next = clock.boot() + every
        await safely('*', lookAtAll)
      }
      const wake = new Promise<void>((resolve) => (woken = resolve))
      for (const name of told) {
        told.delete(name)
        await safely(name, () => lookAt(name))
      }
      if (told.size > 0) continue
      const over = new AbortController()
      const pause = clock.sleep(Math.max(0, next - clock.boot()), AbortSignal.any([closing.signal, over.signal]))
      await Promise.race([pause, wake])
      over.abort()
    }
  }
  const stop = keyturn.on('*', ({ type, grant }) => {
    if (!telling.has(type)) return
    told.add(grant)
    woken()
  })
  const running = run()

  return {
    close: async () => {
      stop()
      closing.abort()
      woken()
      const over = new AbortController()
      await Promise.race([running, clock.sleep(GRACE_MS, over.signal)])
      over.abort()
    },
  }
}
