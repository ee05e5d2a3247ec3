/** Due or not: a table, and for any policy and any history what must never happen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { circleIn, inOrder } from '../../../src/rotation/schedule/dependencies.ts'
import { dueOf } from '../../../src/rotation/schedule/due.ts'
import type { DueFacts } from '../../../src/rotation/schedule/due.ts'
import { policyOf } from '../../../src/rotation/schedule/policy.ts'
import type { Policy } from '../../../src/rotation/schedule/policy.ts'
import { scheduleSettings } from '../../../src/rotation/schedule/schedule-settings.ts'
import { isOpen } from '../../../src/rotation/schedule/windows.ts'

const day = 86_400_000
const t0 = Date.UTC(2026, 5, 1)
const policy = (settings: Readonly<Record<string, unknown>>): Policy => policyOf(scheduleSettings.parse(settings))
const known = (since: number): DueFacts['age'] => ({ basis: 'known', since, why: 'test' })
const facts = (more: Partial<DueFacts> = {}): DueFacts => ({
  name: 'erp',
  kept: true,
  age: known(t0),
  notAfter: null,
  run: null,
  approvedBy: null,
  failed: null,
  waitsFor: null,
  ...more,
})

const every = { every: '90d' }
const unknown = { basis: 'unknown', why: 'nobody says' } as const
for (const [what, settings, given, at, state, starts] of [
  ['young: fine', every, {}, 10, 'fine', false],
  ['a week before: soon', every, {}, 84, 'soon', false],
  ['at its date: due', every, {}, 90, 'due', true],
  ['a day after: overdue', every, {}, 91, 'overdue', true],
  ['with more grace: due', { ...every, grace: '5d' }, {}, 94, 'due', true],
  ['begun by its lead', { ...every, lead: '10d' }, {}, 80, 'due', true],
  ['before its lead', { ...every, lead: '10d' }, {}, 79.9, 'fine', false],
  ['a preset brings its lead', { preset: 'sbs-acs-009' }, {}, 83, 'due', true],
  ['age unknown: due now', every, { age: unknown }, 0, 'unknown-age', true],
  ['age unknown and never adopted: a person decides', every, { age: unknown, kept: false }, 0, 'unknown-age', false],
  ['old and never adopted: the same', every, { kept: false }, 90, 'waiting-for-adoption', false],
  ['a limit of the age counts as the age', every, { age: { basis: 'at-most', since: t0, why: '' } }, 90, 'due', true],
  ['needs approval', { ...every, approval: true }, {}, 90, 'waiting-for-approval', false],
  ['approved', { ...every, approval: true }, { approvedBy: 'jane' }, 90, 'due', true],
  ['overdue for want of approval does not begin', { ...every, approval: true }, {}, 99, 'overdue', false],
  ['waits for another', every, { waitsFor: 'vault' }, 90, 'waiting-for-vault', false],
  ['outside of its window', { ...every, window: { days: ['tue'] } }, {}, 90, 'blocked-by-window', false],
  ['inside', { ...every, window: { days: ['sun'] } }, {}, 90, 'due', true],
  ['in a blackout', { ...every, blackout: [{ from: '08-30', why: 'x' }] }, {}, 90, 'blocked-by-window', false],
  ['runs', every, { run: { state: 'staged', waitsFor: null, stuck: false } }, 90, 'running', false],
  ['runs too long', every, { run: { state: 'halted', waitsFor: null, stuck: true } }, 95, 'overdue', false],
  ['failed just now', every, { failed: { times: 1, again: t0 + 91 * day, why: 'x' } }, 90, 'due', false],
  ['failed, pause over', every, { failed: { times: 1, again: t0 + 90 * day, why: 'x' } }, 90, 'due', true],
  ['a certificate ends first', every, { notAfter: t0 + 60 * day }, 30, 'due', true],
  ['and not yet', every, { notAfter: t0 + 60 * day }, 29, 'fine', false],
  ['it ended: no grace', every, { notAfter: t0 + 60 * day }, 60, 'overdue', true],
  ['it ends after the interval', every, { notAfter: t0 + 365 * day }, 89, 'soon', false],
  ['cron: before', { cron: '0 3 1 9 *' }, {}, 91.9, 'soon', false],
  ['cron: at', { cron: '0 3 1 9 *' }, {}, 92.125, 'due', true],
  [
    'turned later than the clock shows: a person decides',
    every,
    { age: known(t0 + 900 * day) },
    0,
    'unknown-age',
    false,
  ],
  ['turned a little later, by another clock', every, { age: known(t0 + day) }, 0, 'fine', false],
] as const)
  void test(`due: ${what}`, () => {
    const due = dueOf(policy(settings), facts(given), t0 + at * day)
    assert.deepEqual([due.state, due.starts], [state, starts])
    assert.notEqual(due.why, '')
  })

void test('who waits is told the next window', () => {
  const due = dueOf(policy({ ...every, window: { days: ['tue'], from: '22:00' } }), facts(), t0 + 90 * day)
  assert.equal(new Date(due.nextWindow ?? 0).toISOString(), '2026-09-01T22:00:00.000Z')
})

const schedules = fc
  .record({
    way: fc.constantFrom<Readonly<Record<string, unknown>>>(
      { every: 10 * day },
      { every: 90 * day },
      { preset: 'sbs-acs-009' },
      { cron: '30 2 * * *' },
      { cron: '0 3 * * sun' },
      { cron: '0 4 1 */3 *' },
    ),
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
    lead: fc.option(fc.integer({ min: 1, max: 2 * day }), { nil: undefined }),
    jitter: fc.option(fc.integer({ min: 1, max: 2 * day }), { nil: undefined }),
    window: fc.constantFrom(
      undefined,
      { days: ['sat', 'sun'] },
      { from: '01:30', to: '03:30' },
      { from: '22:00', to: '02:15' },
    ),
    blackout: fc.constantFrom(
      undefined,
      [{ monthDays: [-1, 1], why: 'closing' }],
      [{ from: '12-20', to: '01-06', why: 'x' }],
    ),
  })
  .map(({ way, ...rest }) => ({ ...way, ...JSON.parse(JSON.stringify(rest)) }))
const moment = fc.integer({ min: 0, max: 500 * day }).map((ms) => t0 + ms)

void test('for any policy: nothing begins outside of a window, before its time or of an age in the future', () => {
  fc.assert(
    fc.property(schedules, fc.string(), moment, moment, (settings, name, since, now) => {
      const some = policy(settings)
      const due = dueOf(some, facts({ name, age: known(since) }), now)
      if (due.starts) {
        assert(isOpen(some.times, now))
        assert(now >= due.begin)
        assert(since <= now)
      }
      if (due.due !== null && some.way.is === 'every') {
        assert.equal(due.due, since + some.way.every)
        assert(due.begin <= due.due - some.lead && due.begin >= due.due - some.lead - some.jitter)
      }
      if (due.due !== null && some.way.is === 'cron')
        assert(due.begin >= due.due - some.lead && due.begin <= due.due - some.lead + some.jitter)
      assert.deepEqual(due, dueOf(some, facts({ name, age: known(since) }), now), 'the same question, the same answer')
    }),
    { numRuns: 500 },
  )
})

void test('for any policy and a clock that jumps back and forth: a turn is not repeated before the next is due', () => {
  fc.assert(
    fc.property(
      schedules,
      moment,
      fc.array(fc.integer({ min: -40 * day, max: 40 * day }), { maxLength: 60 }),
      (settings, first, jumps) => {
        const some = policy(settings)
        let since = first
        let now = first
        let last: { due: number; at: number } | null = null
        for (const jump of jumps) {
          now = Math.max(t0, now + jump)
          const due = dueOf(some, facts({ age: known(since) }), now)
          if (!due.starts) continue
          assert(due.due !== null)
          if (last !== null) {
            assert(due.due > last.due, 'turned twice for one date')
            assert(now > last.at, 'turned again while the clock was put back')
          }
          last = { due: due.due, at: now }
          since = now
          // At once and again: a second replica, a restart.
          assert.equal(dueOf(some, facts({ age: known(since) }), now).starts, false)
        }
      },
    ),
    { numRuns: 300 },
  )
})

void test('who waits for whom: order, and circles by name', () => {
  const afters = (links: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(links))
  assert.deepEqual(inOrder(afters({ a: ['c', 'gone'], b: [], c: ['b'] })), ['b', 'c', 'a'])
  assert.equal(circleIn(afters({ a: ['b', 'c'], b: ['c'], c: [] })), null)
  assert.deepEqual(circleIn(afters({ a: ['b'], b: ['c'], c: ['b'] })), ['b', 'c', 'b'])
  assert.deepEqual(circleIn(afters({ a: ['a'] })), ['a', 'a'])
  assert.deepEqual(inOrder(afters({ a: ['b'], b: ['a'], c: [] })).toSorted(), ['a', 'b', 'c'])
  const chain = (last: readonly string[]): ReadonlyMap<string, readonly string[]> =>
    new Map(Array.from({ length: 5_000 }, (_, n) => [`c${n}`, n === 4_999 ? last : [`c${n + 1}`]]))
  assert.equal(inOrder(chain([])).at(-1), 'c0')
  assert.equal(circleIn(chain([])), null)
  assert.equal(circleIn(chain(['c0']))?.length, 5_001)
})
