/** What was lent and is over is told until somebody takes it back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openKeyturn } from '@keyturn/tokens'
import type { Notification } from '../../../src/notify/notify.ts'
import { openLentWatch } from '../../../src/posture/provision/lent-watch.ts'
import { putEnded, listWidenings, putWidening } from '../../../src/posture/provision/widening.ts'
import type { Widening } from '../../../src/posture/provision/widening.ts'
import { temporaryFolder } from '../../destinations/places.ts'
import { day } from '../../rotation/schedule/toy-fleet.ts'
import { handClock } from '../../rotation/toy-rotation.ts'

void test('what was lent is told once its day is over, until it is taken back', async (t) => {
  const clock = handClock()
  const store = `sqlite:${temporaryFolder(t)}/k.db`
  const keyturn = await openKeyturn({ store, masterKey: new Uint8Array(32).fill(7), clock, migrate: true })
  t.after(() => keyturn.close())
  const { records } = keyturn.store
  const told: Notification[] = []
  const warned: string[] = []
  const watch = openLentWatch({
    ...{ records, clock },
    notifier: {
      channels: ['desk'],
      tell: async (one) => {
        told.push(one)
        return [{ channel: 'desk', ok: true }]
      },
    },
    log: { warn: (text) => void warned.push(text) },
  })
  const item = {
    is: 'field',
    permissionSet: 'Billing',
    object: 'Account',
    field: 'Rating',
    right: 'edit',
    before: 'read',
  }
  const lent = (until: number | null): Widening => ({
    ...{ state: 'granted', org: '00D', grant: 'acme', item: item as Widening['item'], until, endedAt: null },
    ...{ reason: 'ticket 4711, the invoice', approvedBy: 'dana', by: 'kim', at: clock.wall() },
  })
  await putWidening(records, 'a1b2c3d4e5', lent(clock.wall() + day), null)
  await putWidening(records, 'for-good', lent(null), null)
  assert.equal(await watch.round(), 0)
  clock.push(day)
  assert.equal(await watch.round(), 1)
  assert.deepEqual(
    told.map(({ kind, subject, key }) => [kind, subject, key]),
    [
      [
        'lent-access-over',
        'Account.Rating: edit in Billing was lent until 2026-11-23 and is still given',
        'lent-access-over/a1b2c3d4e5',
      ],
    ],
  )
  assert(told[0]?.facts.some(({ value }) => value === 'ticket 4711, the invoice'))
  const one = (await listWidenings(records)).find(({ id }) => id === 'a1b2c3d4e5')
  assert(one !== undefined)
  await putEnded(records, one, [], clock.wall())
  assert.equal(await watch.round(), 0)
  await records.put({ kind: 'widening', id: 'newer', doc: { v: 2 }, expect: null })
  assert.equal(await watch.round(), 0)
  assert.deepEqual(warned, ['what was lent could not be looked at'], 'nothing else of a round suffers')
})
