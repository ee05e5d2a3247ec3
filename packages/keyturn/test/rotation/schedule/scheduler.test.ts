/** Rounds of the schedule on toy credentials: order, approval, failures, people who are told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError } from '@keyturn/tokens'
import { commitmentsOf } from '../../../src/ledger-commitment.ts'
import { approveTurn } from '../../../src/rotation/schedule/approve.ts'
import { assess, scheduledOf } from '../../../src/rotation/schedule/assess.ts'
import { openScheduleLoop } from '../../../src/rotation/schedule/schedule-loop.ts'
import { credentialKind } from '../../../src/rotation/credential.ts'
import { day, hour, openFleet, turns } from './toy-fleet.ts'
import type { Fleet, Replica, Toy } from './toy-fleet.ts'

const states = async ({ rotation, keyturn }: Replica, now: number): Promise<Readonly<Record<string, string>>> => {
  const assessed = await assess({ rotation, records: keyturn.store.records, scheduled: scheduledOf(rotation), now })
  return Object.fromEntries(assessed.map(({ name, due }) => [name, due.state]))
}

const every = { every: '90d' }

void test('what is due is begun, goes on when its time has come, and is not begun again', async (t) => {
  const { all, one } = await openFleet(t, [
    { name: 'old', age: 90, schedule: every },
    { name: 'young', age: 10, schedule: every },
    { name: 'unscheduled', age: 900 },
  ])
  const first = await one.round()
  assert.deepEqual([first.scheduled, first.started, first.advanced], [2, ['old'], ['old']])
  assert.match((await one.rotation.state('old'))?.run?.why ?? '', /^due by schedule \(every 90d\); in use since/)
  assert.deepEqual((await one.round()).advanced, [], 'it drains')
  all.clock.push(hour)
  const second = await one.round()
  assert.deepEqual([second.started, second.ended], [[], [{ name: 'old', state: 'retired' }]])
  all.clock.push(60_000)
  assert.deepEqual((await one.round()).started, [])
  assert.deepEqual([turns(all, 'old'), turns(all, 'young'), turns(all, 'unscheduled')], [1, 0, 0])
  assert.deepEqual(await states(one, all.clock.wall()), { old: 'fine', young: 'fine' })
})

void test('a clock that was put forward, and back again, turns nothing twice', async (t) => {
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 0, schedule: every }])
  all.clock.push(90 * day)
  assert.deepEqual((await one.round()).started, ['erp'])
  all.clock.push(hour)
  await one.round()
  all.clock.push(-90 * day)
  assert.deepEqual((await one.round()).started, [])
  await one.round()
  assert.equal((await states(one, all.clock.wall()))['erp'], 'unknown-age')
  assert.deepEqual(
    all.told.map(({ subject }) => subject),
    ['erp: a clock was wrong, so its age can’t be told'],
  )
  all.clock.push(91 * day)
  assert.deepEqual((await one.round()).started, [])
  assert.equal((await states(one, all.clock.wall()))['erp'], 'fine')
  assert.equal(turns(all, 'erp'), 1)
})

void test('one after the other: who waits for somebody begins when that one has cut over', async (t) => {
  const { all, one } = await openFleet(t, [
    { name: 'second', age: 90, schedule: { ...every, after: ['first'] } },
    { name: 'first', age: 90, schedule: { ...every, window: { from: '01:00', to: '02:00' } } },
  ])
  assert.deepEqual((await one.round()).started, [], 'the clock begins at midnight')
  assert.deepEqual(await states(one, all.clock.wall()), { first: 'blocked-by-window', second: 'waiting-for-first' })
  all.clock.push(hour)
  assert.deepEqual((await one.round()).started, ['first'])
  assert.deepEqual((await one.round()).started, ['second'])
})

void test('a due run waits for approval, which is for one turn and in the ledger with who gave it', async (t) => {
  const schedule = { ...every, approval: true }
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule, owner: 'ops' }])
  const parts = { rotation: one.rotation, store: one.keyturn.store }
  assert.deepEqual((await one.round()).started, [])
  assert.equal((await states(one, all.clock.wall()))['erp'], 'waiting-for-approval')
  assert.deepEqual(
    all.told.map(({ kind, to, key }) => [kind, to, key]),
    [['rotation-waiting-for-person', 'ops', 'rotation-approval/erp/1']],
  )
  assert.deepEqual(await approveTurn(parts, 'erp', 'jane', all.clock.wall()), { before: null, turn: 1 })
  assert.deepEqual(await approveTurn(parts, 'erp', 'joe', all.clock.wall()), { before: 'jane', turn: 1 })
  assert.deepEqual((await one.round()).started, ['erp'])
  assert.match((await one.rotation.state('erp'))?.run?.why ?? '', /approved by jane/)
  const entries = (await one.keyturn.store.ledger(1, 1_000)).filter(({ kind }) => kind === 'rotation-approved')
  assert.deepEqual(
    entries.map(({ data }) => [data['credential'], data['who']]),
    [['erp', commitmentsOf(one.keyturn.store)('jane')]],
  )
  all.clock.push(hour)
  await one.round()
  all.clock.push(90 * day)
  assert.deepEqual((await one.round()).started, [], 'the next turn needs the next approval')
  await assert.rejects(
    approveTurn(
      { ...parts, rotation: (await openFleet(t, [{ name: 'erp', age: 1, schedule: every }])).one.rotation },
      'erp',
      'x',
      0,
    ),
    {
      code: 'BAD_ARGUMENT',
    },
  )
})

void test('of an unknown age: adopted, it counts as due; never adopted, somebody is told to decide', async (t) => {
  let asked = 0
  const age = async () => {
    asked += 1
    return { basis: 'unknown' as const, why: 'the platform does not say' }
  }
  const { all, one } = await openFleet(t, [
    { name: 'adopted', age: null, schedule: every, more: { age } },
    { name: 'never', schedule: every, more: { age } },
  ])
  const round = await one.round()
  assert.deepEqual(round.started, ['adopted'])
  assert.equal((await states(one, all.clock.wall()))['never'], 'unknown-age')
  assert.match(all.told.find(({ key }) => key === 'rotation-unknown/never/0')?.text ?? '', /adopt/)
  const before = asked
  await one.round()
  await one.round()
  assert.equal(asked, before, 'an age is asked for once a day')
})

void test('of an unknown age and in need of approval: somebody is asked for it', async (t) => {
  const { all, one } = await openFleet(t, [{ name: 'erp', age: null, schedule: { ...every, approval: true } }])
  assert.deepEqual((await one.round()).started, [])
  assert.equal((await states(one, all.clock.wall()))['erp'], 'unknown-age')
  assert.deepEqual(
    all.told.map(({ kind, subject }) => [kind, subject]),
    [['rotation-waiting-for-person', 'erp: its rotation waits for approval']],
  )
  await approveTurn({ rotation: one.rotation, store: one.keyturn.store }, 'erp', 'jane', all.clock.wall())
  assert.deepEqual((await one.round()).started, ['erp'])
})

void test('an age that can’t be asked for now is no reason to turn anything', async (t) => {
  let asked = 0
  const age = async () => {
    asked += 1
    throw new KeyturnError('ORG_UNAVAILABLE', 'the org is down')
  }
  const { all, one } = await openFleet(t, [{ name: 'erp', age: null, schedule: every, more: { age } }])
  const troubles = new Map()
  for (let minutes = 0; minutes < 10; minutes += 1) {
    assert.deepEqual((await one.round({ troubles })).started, [])
    all.clock.push(60_000)
  }
  assert.equal(asked, 1, 'an org that is away is left alone for ten minutes')
  await one.round({ troubles })
  assert.equal(asked, 2)
  assert.equal((await states(one, all.clock.wall()))['erp'], 'unknown-age')
})

void test('ages are asked of several orgs at once: a slow one holds up nobody', async (t) => {
  let waiting = 0
  const all = Promise.withResolvers<undefined>()
  const age = async () => {
    waiting += 1
    if (waiting === 5) all.resolve(undefined)
    await all.promise
    return { basis: 'unknown', why: 'nobody says' } as const
  }
  const toys = Array.from({ length: 5 }, (_, n) => ({ name: `c${n}`, age: null, schedule: every, more: { age } }))
  const { one } = await openFleet(t, toys)
  assert.equal((await one.round()).started.length, 5)
})

void test('what is in the way is told, and tried again after a pause that doubles', async (t) => {
  let asked = 0
  const preflight = async () => {
    asked += 1
    return asked < 3 ? [{ code: 'NO_PERMISSION', text: 'it may not', next: 'Allow it.' }] : []
  }
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every, more: { preflight } }])
  assert.deepEqual(
    (await one.round()).failed.map(({ name, code }) => [name, code]),
    [['erp', 'PREFLIGHT_FAILED']],
  )
  assert.equal(all.told[0]?.kind, 'rotation-failed')
  await one.round()
  assert.equal(asked, 1)
  all.clock.push(hour)
  await one.round()
  assert.equal(asked, 2)
  all.clock.push(hour)
  await one.round()
  assert.equal(asked, 2, 'the second pause is longer')
  all.clock.push(hour)
  assert.deepEqual((await one.round()).started, ['erp'])
})

void test('a pause that began while the clock was years ahead is over when it is right again', async (t) => {
  let asked = 0
  const preflight = async () => {
    asked += 1
    return asked < 2 ? [{ code: 'NO_PERMISSION', text: 'it may not', next: 'Allow it.' }] : []
  }
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every, more: { preflight } }])
  all.clock.push(3_650 * day)
  assert.equal((await one.round()).failed.length, 1)
  all.clock.push(-3_650 * day)
  assert.deepEqual((await one.round()).started, ['erp'])
})

void test('a run that was taken back is told and tried again later, not each minute', async (t) => {
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every }])
  const platform = all.platforms.get('erp')
  assert(platform !== undefined)
  platform.verdict = 'refused'
  assert.deepEqual((await one.round()).ended, [{ name: 'erp', state: 'rolled-back' }])
  assert.match(all.told[0]?.subject ?? '', /taken back/)
  assert.match(all.told[0]?.text ?? '', /the login was refused/)
  platform.verdict = 'fine'
  assert.deepEqual((await one.round()).started, [])
  all.clock.push(hour)
  assert.deepEqual((await one.round()).started, ['erp'])
})

void test('reminders come once each, reviews and what is overdue to the owner, then to whom it is escalated', async (t) => {
  const { all, one } = await openFleet(t, [
    { name: 'erp', age: 40, owner: 'ops', schedule: { ...every, remind: ['30d', '7d', '1d'], reviewBy: '2026-12-24' } },
    {
      name: 'late',
      age: 92,
      owner: 'ops',
      schedule: { ...every, onOverdue: 'escalate', escalateTo: 'boss', approval: true },
    },
  ])
  const keysOf = (name: string): readonly string[] =>
    all.told.filter(({ key }) => key.includes(`/${name}/`)).map(({ key, to }) => `${key} ${to ?? ''}`)
  await one.round()
  assert.deepEqual(keysOf('late'), ['rotation-overdue/late/1 ops', 'rotation-overdue/late/1/escalated boss'])
  assert.deepEqual(keysOf('erp'), [])
  for (let n = 0; n < 50; n++) {
    all.clock.push(day)
    await one.round()
  }
  assert.deepEqual(keysOf('erp').slice(0, 4), [
    'rotation-due/erp/1/30d ops',
    `rotation-review/erp/${Date.UTC(2026, 11, 25)} ops`,
    'rotation-due/erp/1/7d ops',
    'rotation-due/erp/1/1d ops',
  ])
})

void test('the loop goes on whatever a round meets, and its end waits for the step in flight', async (t) => {
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every }])
  const { records } = one.keyturn.store
  let lists = 0
  const warned: string[] = []
  const inside = Promise.withResolvers<undefined>()
  const hold = Promise.withResolvers<undefined>()
  const begun = all.platforms.get('erp')
  assert(begun !== undefined)
  const rotation = {
    ...one.rotation,
    advance: async (...args: Parameters<typeof one.rotation.advance>) => {
      inside.resolve(undefined)
      await hold.promise
      return one.rotation.advance(...args)
    },
  }
  const loop = openScheduleLoop({
    rotation,
    records: {
      ...records,
      list: async (...args) => {
        lists += 1
        if (lists === 1) throw new KeyturnError('STORE_UNAVAILABLE', 'away')
        if (lists === 2) throw new TypeError('a defect')
        return records.list(...args)
      },
    },
    clock: all.clock,
    notifier: null,
    log: { info: () => undefined, warn: (text, fields) => void warned.push(`${text} ${String(fields?.['code'])}`) },
    every: 1_000,
  })
  for (let n = 0; warned.length < 2 && n < 10_000; n++) {
    all.clock.push(1_000)
    await new Promise((done) => setImmediate(done))
  }
  assert.deepEqual(
    warned.map((text) => text.split(' ').at(-1)),
    ['STORE_UNAVAILABLE', 'DEFECT'],
  )
  all.clock.push(1_000)
  await inside.promise
  let ended = false
  const closing = loop.close().then(() => (ended = true))
  await new Promise((done) => setImmediate(done))
  assert.equal(ended, false)
  hold.resolve(undefined)
  await closing
  const run = (await one.rotation.state('erp'))?.run
  assert(run !== null && run !== undefined)
  assert.equal(run.begun, null, 'nothing is left half-way')
  all.clock.push(31_000)
  const again = await one.round()
  assert.deepEqual(again.advanced, ['erp'], 'another process goes on')
})

void test('a credential that was altered outside is shown and not turned, and holds up nobody else', async (t) => {
  const { all, one } = await openFleet(t, [
    { name: 'newer', age: 90, schedule: every },
    { name: 'erp', age: 90, schedule: every },
  ])
  const { records } = one.keyturn.store
  const record = await records.get(credentialKind, 'newer')
  await records.put({ kind: credentialKind, id: 'newer', doc: { v: 2 }, expect: record?.version ?? null })
  assert.deepEqual((await one.round()).started, ['erp'])
  assert.equal((await states(one, all.clock.wall()))['newer'], 'unknown-age')
})

void test('a replica that died right after a start: another one goes on, and still only inside of the window', async (t) => {
  const schedule = { ...every, window: { from: '00:00', to: '01:00' } }
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule }])
  await one.rotation.start('erp', { why: 'due', who: 'the schedule', attended: false, turn: 1 })
  const other = await all.replica()
  all.clock.push(2 * hour)
  assert.deepEqual((await other.round()).advanced, [])
  assert.deepEqual(all.platforms.get('erp')?.effects, [])
  all.clock.push(22 * hour)
  assert.deepEqual((await other.round()).advanced, ['erp'])
  all.clock.push(2 * hour)
  // What was begun is brought to its end whenever its time comes.
  assert.deepEqual((await other.round()).ended, [{ name: 'erp', state: 'retired' }])
})

void test('a start that was decided on an older version is refused', async (t) => {
  const { one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every }])
  await assert.rejects(one.rotation.start('erp', { why: 'due', who: 'test', attended: false, turn: 0 }), {
    code: 'CLAIM_LOST',
  })
})

void test('a run that waits for a person and can see itself what was done goes on without being told', async (t) => {
  let done = false
  const looks: number[] = []
  const more = (all: () => Fleet): NonNullable<Toy['more']> => ({
    steps: [
      {
        name: 'ask',
        does: 'Asks',
        reaches: 'retired',
        undo: 'impossible',
        async run() {
          looks.push(all().clock.wall())
          if (done) return { is: 'done', note: 'seen' }
          return { is: 'person', task: { what: 'Sign in again', clicks: ['Open the link'], asks: [] }, recheck: hour }
        },
      },
    ],
  })
  const made = { all: null as Fleet | null }
  const fleetOf = (): Fleet => made.all ?? assert.fail('there is no fleet yet')
  const { all, one } = await openFleet(t, [{ name: 'erp', age: 90, schedule: every, more: more(fleetOf) }])
  made.all = all
  assert.deepEqual((await one.round()).ended, [{ name: 'erp', state: 'waiting-for-person' }])
  assert.match(all.told[0]?.text ?? '', /Sign in again[\s\S]*1\. Open the link/)
  await one.round()
  assert.equal(looks.length, 1)
  all.clock.push(hour)
  assert.deepEqual((await one.round()).ended, [], 'it is said once that it waits')
  assert.equal(looks.length, 2)
  done = true
  all.clock.push(hour)
  assert.deepEqual((await one.round()).ended, [{ name: 'erp', state: 'retired' }])
})
