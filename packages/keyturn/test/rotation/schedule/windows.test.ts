/** Windows, blackouts and jitter by the wall of a zone, through both changes of summer time, and for any rules at all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cronTimes } from '../../../src/rotation/schedule/cron.ts'
import { jitterOf } from '../../../src/rotation/schedule/jitter.ts'
import { timesOf } from '../../../src/rotation/schedule/policy.ts'
import { scheduleSettings } from '../../../src/rotation/schedule/schedule-settings.ts'
import {
  closedBecause,
  isOpen,
  longestClosed,
  nextClose,
  nextOpen,
  weekdays,
} from '../../../src/rotation/schedule/windows.ts'
import type { Times } from '../../../src/rotation/schedule/windows.ts'
import { changeBetween, instantsOf, wallAt } from '../../../src/rotation/schedule/zone.ts'

const at = (text: string): number => Date.parse(text)
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(0, 16))
const times = (settings: Readonly<Record<string, unknown>>): Times =>
  timesOf(scheduleSettings.parse({ every: '90d', ...settings }))

void test('an hour of the wall comes never, once or twice', () => {
  const wall = (text: string): number => Date.parse(`${text}Z`)
  assert.deepEqual(instantsOf(wall('2026-03-29T02:30'), 'Europe/Berlin'), [])
  assert.deepEqual(instantsOf(wall('2026-03-29T03:30'), 'Europe/Berlin').map(iso), ['2026-03-29T01:30'])
  assert.deepEqual(instantsOf(wall('2026-10-25T02:30'), 'Europe/Berlin').map(iso), [
    '2026-10-25T00:30',
    '2026-10-25T01:30',
  ])
  // Half an hour only.
  assert.deepEqual(instantsOf(wall('2026-04-05T01:45'), 'Australia/Lord_Howe').length, 2)
  assert.equal(
    iso(changeBetween(at('2026-03-28T12:00Z'), at('2026-03-29T12:00Z'), 'Europe/Berlin')),
    '2026-03-29T01:00',
  )
  assert.equal(changeBetween(at('2026-06-01T00:00Z'), at('2026-06-02T00:00Z'), 'Europe/Berlin'), null)
})

for (const [what, settings, from, opens, closes] of [
  ['no rules: at once', {}, '2026-06-01T12:00Z', '2026-06-01T12:00', null],
  [
    'a night of the same day',
    { window: { from: '01:00', to: '05:00', zone: 'Europe/Berlin' } },
    '2026-06-01T12:00Z',
    '2026-06-01T23:00',
    '2026-06-02T03:00',
  ],
  [
    'past midnight, and the day is the one it began on',
    { zone: 'UTC', window: { days: ['fri'], from: '22:00', to: '04:00' } },
    '2026-06-06T03:59Z',
    '2026-06-06T03:59',
    '2026-06-06T04:00',
  ],
  [
    'after it on Saturday: the next Friday',
    { zone: 'UTC', window: { days: ['fri'], from: '22:00', to: '04:00' } },
    '2026-06-06T04:00Z',
    '2026-06-12T22:00',
    '2026-06-13T04:00',
  ],
  [
    'the hour that is skipped: not on that day, and not an hour later',
    { window: { from: '02:00', to: '03:00', zone: 'Europe/Berlin' } },
    '2026-03-28T12:00Z',
    '2026-03-30T00:00',
    '2026-03-30T01:00',
  ],
  [
    'a window over the skipped hour is an hour shorter',
    { window: { from: '01:00', to: '04:00', zone: 'Europe/Berlin' } },
    '2026-03-28T12:00Z',
    '2026-03-29T00:00',
    '2026-03-29T02:00',
  ],
  [
    'one that begins inside of the skipped hour opens when it is over',
    { window: { from: '02:30', to: '04:00', zone: 'Europe/Berlin' } },
    '2026-03-28T12:00Z',
    '2026-03-29T01:00',
    '2026-03-29T02:00',
  ],
  [
    'the hour that comes twice: open through both',
    { window: { from: '02:00', to: '03:00', zone: 'Europe/Berlin' } },
    '2026-10-24T12:00Z',
    '2026-10-25T00:00',
    '2026-10-25T02:00',
  ],
  [
    'half of it: open, closed, and the second time open again',
    { window: { from: '02:00', to: '02:30', zone: 'Europe/Berlin' } },
    '2026-10-25T00:30Z',
    '2026-10-25T01:00',
    '2026-10-25T01:30',
  ],
  [
    'two windows in two zones: whichever comes first',
    {
      window: [
        { from: '03:00', to: '04:00', zone: 'Asia/Tokyo' },
        { from: '03:00', to: '04:00', zone: 'America/Los_Angeles' },
      ],
    },
    '2026-06-01T00:00Z',
    '2026-06-01T10:00',
    '2026-06-01T11:00',
  ],
  [
    'a blackout of dates, both included, in its zone',
    { blackout: [{ from: '2026-12-20', to: '2027-01-06', zone: 'America/New_York', why: 'holidays' }] },
    '2026-12-25T00:00Z',
    '2027-01-07T05:00',
    null,
  ],
  [
    'one of each year over its end',
    { blackout: [{ from: '12-20', to: '01-06', why: 'holidays' }] },
    '2028-12-31T00:00Z',
    '2029-01-07T00:00',
    null,
  ],
  [
    'the last three days and the first of a month',
    { blackout: [{ monthDays: [-3, -2, -1, 1], why: 'closing' }] },
    '2028-02-27T00:00Z',
    '2028-03-02T00:00',
    '2028-03-29T00:00',
  ],
  [
    'working hours: closed, the evening open',
    { blackout: [{ days: ['mon'], hours: { from: '08:00', to: '18:00' }, zone: 'Europe/Berlin', why: 'people work' }] },
    '2026-06-01T10:00Z',
    '2026-06-01T16:00',
    '2026-06-08T06:00',
  ],
  ['never', { window: { days: ['mon'] }, blackout: [{ days: ['mon'], why: 'no' }] }, '2026-06-01T00:00Z', null, null],
] as const)
  void test(`opens: ${what}`, () => {
    const rules = times(settings)
    const next = nextOpen(rules, at(from))
    assert.equal(iso(next), opens)
    assert.equal(next === null ? null : iso(nextClose(rules, next)), closes)
  })

void test('why it is closed names the blackout', () => {
  const rules = times({ blackout: [{ days: ['mon'], why: 'payroll' }] })
  assert.equal(closedBecause(rules, at('2026-06-01T00:00Z')), 'blackout: payroll')
  assert.equal(closedBecause(rules, at('2026-06-02T00:00Z')), null)
})

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca']
const clock = fc.integer({ min: 0, max: 1439 })
const hours = fc.record({ from: clock, to: clock }).filter(({ from, to }) => from !== to)
const days = fc.option(fc.subarray([...weekdays], { minLength: 1 }))
const zone = fc.constantFrom(...zones)
const rules: fc.Arbitrary<Times> = fc.record({
  windows: fc.array(fc.record({ days, hours, zone }), { maxLength: 3 }),
  blackouts: fc.array(
    fc.record({
      dates: fc.constant(null),
      days,
      monthDays: fc.option(fc.array(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 4 })),
      hours,
      zone,
      why: fc.constant('x'),
    }),
    { maxLength: 2 },
  ),
})
/** The days around changes of summer time more often than others. */
const moment = fc.oneof(
  fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2028-01-01T00:00Z') }),
  fc.integer({ min: at('2026-03-27T00:00Z'), max: at('2026-03-31T00:00Z') }),
  fc.integer({ min: at('2026-10-23T00:00Z'), max: at('2026-11-03T00:00Z') }),
)

void test('for any rules, what opens next is open, and nothing before it was (looked at each quarter of an hour)', () => {
  fc.assert(
    fc.property(rules, moment, (some, from) => {
      const next = nextOpen(some, from)
      if (next === null) return true
      assert(isOpen(some, next))
      for (let one = from; one < Math.min(next, from + 3 * 86_400_000); one += 900_000)
        assert(!isOpen(some, one), `${iso(one) ?? ''} is open and ${iso(next) ?? ''} was said to be the first`)
      if (next > from) assert(!isOpen(some, next - 1), 'it had been open before')
      const closes = nextClose(some, next)
      if (closes !== null) assert(isOpen(some, closes - 1) && !isOpen(some, closes))
      return true
    }),
    { numRuns: 300 },
  )
})

void test('how long it is closed at most', () => {
  const days = (settings: Readonly<Record<string, unknown>>): number | null => {
    const closed = longestClosed(times(settings), Date.UTC(2026, 10, 22))
    return closed === null ? null : closed / 86_400_000
  }
  assert.equal(days({}), 0)
  assert.equal(days({ window: { days: ['sat', 'sun'] } }), 5)
  assert.equal(days({ window: { days: ['sat'] }, blackout: [{ from: '12-20', to: '01-06', why: 'x' }] }), 20)
  assert.equal(days({ window: { from: '01:00', to: '02:00', zone: 'Europe/Berlin' } }), 1)
  assert.equal(days({ window: { days: ['mon'] }, blackout: [{ days: ['mon'], why: 'x' }] }), null)
})

void test('the wall of every zone goes there and back', () => {
  fc.assert(
    fc.property(zone, moment, (one, ms) => {
      const whole = Math.floor(ms / 1000) * 1000
      assert(instantsOf(wallAt(whole, one), one).includes(whole))
    }),
    { numRuns: 300 },
  )
})

void test('jitter stays in its bounds, is the same each time and spreads', () => {
  fc.assert(
    fc.property(fc.string(), moment, fc.integer({ min: 0, max: 30 * 86_400_000 }), (name, due, most) => {
      const one = jitterOf(name, due, most)
      assert.equal(one, jitterOf(name, due, most))
      assert(one >= 0 && (most === 0 ? one === 0 : one < most))
    }),
  )
  const spread = new Set(Array.from({ length: 1_000 }, (_, n) => Math.floor(jitterOf(`c${n}`, 0, 100) / 10)))
  assert.equal(spread.size, 10)
})

void test('cron: the skipped hour runs when it is over, the doubled one once', () => {
  const next = cronTimes('30 2 * * *', 'Europe/Berlin')
  assert.equal(iso(next(at('2026-03-28T12:00Z'))), '2026-03-29T01:00')
  assert.equal(iso(next(at('2026-10-24T12:00Z'))), '2026-10-25T00:30')
  assert.equal(iso(next(at('2026-10-25T00:30Z'))), '2026-10-26T01:30')
})
