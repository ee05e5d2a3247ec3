/**
 * Tells people what was lent until a day, a field or an address, and is still given after it: once found, and again after
 * `notify.repeatAfter`, until somebody took it back. Nothing is taken back here: that asks who still needs it.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Loggable, Records } from '@keyturn/tokens'
import type { Notification, Notifier } from '../../notify/notify.ts'
import { isExpired, itemText, listWidenings } from './widening.ts'
import type { KnownWidening } from './widening.ts'

interface LentWatchParts {
  readonly records: Records
  readonly clock: Clock
  readonly notifier: Pick<Notifier, 'tell' | 'channels'>
  readonly log: { warn(message: string, fields?: Readonly<Record<string, Loggable>>): void }
}

const notificationOf = ({ id, widening }: KnownWidening, until: number): Notification => {
  const { item, grant, reason, by, approvedBy } = widening
  const what = itemText(item)
  const end = new Date(until).toISOString().slice(0, 10)
  const short = id.slice(0, 8)
  return {
    kind: 'lent-access-over',
    severity: 'warning',
    subject: `${what} was lent until ${end} and is still given`,
    text: [
      'Nobody took it back, and by now nobody may remember what it was for.',
      `Take it back: \`keyturn provision end ${short}\` says who still uses it first. What is needed longer is given again, with a reason.`,
    ].join('\n\n'),
    facts: [
      { name: 'What', value: what },
      { name: 'Grant', value: grant },
      { name: 'Until', value: end },
      { name: 'Reason', value: reason },
      { name: 'Given by', value: approvedBy === null ? by : `${by}, approved by ${approvedBy}` },
      { name: 'Id', value: short },
    ],
    key: `lent-access-over/${id}`,
  }
}

export const openLentWatch = ({ records, clock, notifier, log }: LentWatchParts) => ({
  /** How many were told of. */
  async round(): Promise<number> {
    if (notifier.channels.length === 0) return 0
    let count = 0
    try {
      const now = clock.wall()
      for (const one of await listWidenings(records)) {
        const { until } = one.widening
        if (until === null || !isExpired(one.widening, now)) continue
        const deliveries = await notifier.tell(notificationOf(one, until))
        count += deliveries.some(({ ok, why }) => ok && why === undefined) ? 1 : 0
      }
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code === 'STORE_UNAVAILABLE') throw error
      log.warn('what was lent could not be looked at', { code: error.code })
    }
    return count
  },
})
