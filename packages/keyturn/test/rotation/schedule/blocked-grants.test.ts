/** `onOverdue: block-caller`: when callers lose grants, and who gives them back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Log } from '../../../src/broker/log.ts'
import { approveTurn } from '../../../src/rotation/schedule/approve.ts'
import { blockedGrants, blockedKind } from '../../../src/rotation/schedule/blocked-grants.ts'
import { openSchedule } from '../../../src/wiring/schedule-opened.ts'
import type { Settings } from '../../../src/settings.ts'
import { openFleet } from './toy-fleet.ts'
import type { Replica } from './toy-fleet.ts'

const kinds = async ({ keyturn }: Replica): Promise<readonly string[]> =>
  (await keyturn.store.ledger(1, 1_000)).map(({ kind }) => kind)

const every = { every: '90d' }

void test('block-caller closes the grants to callers while it is overdue, and opens them when it was turned', async (t) => {
  const schedule = { ...every, onOverdue: 'block-caller', approval: true }
  const { all, one } = await openFleet(t, [
    { name: 'erp', age: 92, schedule: { ...schedule, blocks: ['acme', 'beta'] } },
    { name: 'crm', age: 92, schedule, settings: { grant: 'acme' } },
  ])
  const { records } = one.keyturn.store
  assert.deepEqual((await one.round()).blocked, ['acme', 'beta'])
  assert.deepEqual((await one.round()).blocked, [])
  const blocked = (await blockedGrants(records)).map(({ grant, credentials }) => [grant, credentials])
  assert.deepEqual(blocked, [
    ['acme', ['erp', 'crm']],
    ['beta', ['erp']],
  ])
  await approveTurn({ rotation: one.rotation, store: one.keyturn.store }, 'erp', 'jane', all.clock.wall())
  const round = await one.round()
  assert.deepEqual([round.started, round.freed], [['erp'], ['beta']])
  assert.deepEqual(
    (await blockedGrants(records)).map(({ grant, credentials }) => [grant, credentials]),
    [['acme', ['crm']]],
  )
  const told = await kinds(one)
  assert(told.includes('grant-blocked-for-callers') && told.includes('grant-freed-for-callers'))
})

void test('a broker whose last schedule was taken out opens what it had closed; one that leaves rounds to others does not', async (t) => {
  const { one } = await openFleet(t, [
    { name: 'erp', age: 92, schedule: { ...every, onOverdue: 'block-caller', approval: true, blocks: ['acme'] } },
  ])
  const { records } = one.keyturn.store
  assert.deepEqual((await one.round()).blocked, ['acme'])
  const said: string[] = []
  const broker = (section: object) =>
    openSchedule({
      keyturn: one.keyturn,
      settings: { config: { version: 1, ...section } } as unknown as Settings,
      notifier: { channels: [], tell: async () => [] },
      log: {
        info: (text: string) => void said.push(text),
        warn: (text: string) => void said.push(text),
      } as unknown as Log,
    })
  assert.equal(await broker({ broker: { rotation: false } }), null)
  assert.equal((await blockedGrants(records)).length, 1)
  assert.equal(await broker({}), null)
  assert.deepEqual(await blockedGrants(records), [])
  assert.deepEqual(said, ['a grant is open to callers again: nothing is scheduled any more'])
})

void test('a blocked grant whose record can’t be read stays closed, and holds up no round', async (t) => {
  const { one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every }])
  const { records } = one.keyturn.store
  await records.put({ kind: blockedKind, id: 'acme', doc: { v: 9 }, expect: null })
  assert.deepEqual((await one.round()).started, ['erp'])
  assert.deepEqual(
    (await blockedGrants(records)).map(({ grant }) => grant),
    ['acme'],
  )
})
