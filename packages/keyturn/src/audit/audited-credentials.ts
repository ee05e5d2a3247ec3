/**
 * What an audit asks Keyturn itself: which credentials have a schedule, which of them are late, which have none; and what
 * it lent for a while and did not take back.
 */
import { KeyturnError, systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { known, unknown } from '../posture/fact.ts'
import type { Facts } from '../posture/facts.ts'
import { lentNow } from '../posture/provision/widening.ts'
import { withRotation } from '../wiring/rotation-opened.ts'
import { assess, scheduledOf } from '../rotation/schedule/assess.ts'
import { scheduleView } from '../rotation/views/schedule-view.ts'
import type { Settings } from '../settings.ts'

/** `auditTrail` is null as long as Keyturn keeps no copy of the Setup Audit Trail. */
export const auditedCredentials = async (keyturn: Keyturn, settings: Settings): Promise<Facts['keyturn']> => {
  try {
    return await withRotation(keyturn, settings, async (rotation) => {
      const now = systemClock.wall()
      const scheduled = scheduledOf(rotation)
      const assessed = await assess({ rotation, records: keyturn.store.records, scheduled, now })
      const late = assessed
        .map((one) => scheduleView(one, now))
        .filter(({ state }) => state === 'overdue' || state === 'unknown-age')
      const names = new Set(assessed.map(({ name }) => name))
      return known({
        scheduled: [...names],
        overdue: late.map(({ name }) => name),
        unscheduled: rotation.names.filter((name) => !names.has(name)),
        lent: await lentNow(keyturn.store.records),
        auditTrail: null,
      })
    })
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return unknown('refused', `Keyturn’s own schedules: ${error.message}`)
  }
}
