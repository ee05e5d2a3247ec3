/** The calendar, read back by the rules of RFC 5545. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Assessed } from '../../../src/rotation/schedule/assess.ts'
import { calendarOf } from '../../../src/rotation/schedule/calendar.ts'
import { dueOf } from '../../../src/rotation/schedule/due.ts'
import { nothingStored } from '../../../src/rotation/schedule/facts.ts'
import { policyOf } from '../../../src/rotation/schedule/policy.ts'
import { noSchedule } from '../../../src/rotation/schedule/schedule-record.ts'
import { scheduleSettings } from '../../../src/rotation/schedule/schedule-settings.ts'

const now = Date.UTC(2026, 10, 22, 12)
const day = 86_400_000

const one = (
  name: string,
  schedule: Readonly<Record<string, unknown>>,
  since: number | null,
  owner = 'ops',
): Assessed => {
  const settings = scheduleSettings.parse(schedule)
  const policy = policyOf(settings)
  const age: Assessed['age'] =
    since === null ? { basis: 'unknown', why: 'nobody says' } : { basis: 'known', since, why: 'test' }
  const facts = { name, kept: true, age, notAfter: null, run: null, approvedBy: null, failed: null, waitsFor: null }
  return {
    name,
    credential: { name, kind: 'toy', common: { owner, schedule: settings }, settings: {} },
    policy,
    stored: nothingStored,
    schedule: noSchedule.doc,
    age,
    due: dueOf(policy, facts, now),
  }
}

/** Lines unfolded, events with their properties. */
const read = (text: string): readonly Readonly<Record<string, string>>[] => {
  assert(text.endsWith('\r\n'))
  for (const line of text.split('\r\n')) assert(Buffer.byteLength(line) <= 75, `a line of ${Buffer.byteLength(line)}`)
  assert(!/[^\r]\n/.test(text), 'every line ends with CRLF')
  assert(!/^METHOD:/m.test(text), 'a file, no message of an organizer')
  const lines = text.replaceAll('\r\n ', '').trimEnd().split('\r\n')
  assert.deepEqual([lines[0], lines[1], lines.at(-1)], ['BEGIN:VCALENDAR', 'VERSION:2.0', 'END:VCALENDAR'])
  const events: Record<string, string>[] = []
  for (const line of lines) {
    const at = line.indexOf(':')
    if (line === 'BEGIN:VEVENT') events.push({})
    const event = events.at(-1)
    if (event !== undefined && line !== 'BEGIN:VEVENT') event[line.slice(0, at)] ??= line.slice(at + 1)
  }
  return events
}

const unescaped = (text: string | undefined): string =>
  (text ?? '').replace(/\\([\\;,n])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark))

void test('due dates, windows and reviews are events, in UTC', () => {
  const weekly = { every: '90d', window: { days: ['sat'], from: '01:00', to: '05:00', zone: 'Europe/Berlin' } }
  const all = [one('erp', { ...weekly, reviewBy: '2027-01-31' }, now - 80 * day)]
  const events = read(calendarOf(all, now, 'st0re'))
  assert.deepEqual(
    events.map(({ UID, DTSTART, DTEND, ...more }) => [
      UID,
      DTSTART ?? more['DTSTART;VALUE=DATE'],
      DTEND ?? more['DTEND;VALUE=DATE'],
    ]),
    [
      ['due/erp@st0re.keyturn', '20261202T120000Z', undefined],
      ['window/erp@st0re.keyturn', '20261205T000000Z', '20261205T040000Z'],
      ['review/erp@st0re.keyturn', '20270131', '20270201'],
    ],
  )
  assert(events.every(({ DTSTAMP, SUMMARY }) => DTSTAMP === '20261122T120000Z' && SUMMARY?.includes('erp')))
})

void test('a UID stays when the date moves, so that an import again moves the event', () => {
  const before = read(calendarOf([one('erp', { every: '90d' }, now - 80 * day)], now, 's'))
  const after = read(calendarOf([one('erp', { every: '90d' }, now)], now + day, 's'))
  assert.deepEqual(
    before.map(({ UID }) => UID),
    after.map(({ UID }) => UID),
  )
  assert.notEqual(before[0]?.['DTSTART'], after[0]?.['DTSTART'])
  assert(Number(after[0]?.['SEQUENCE']) > Number(before[0]?.['SEQUENCE']))
})

void test('what is late, and what nobody knows the age of, is in it as such', () => {
  const all = [one('late', { every: '90d' }, now - 95 * day), one('adopted', { every: '90d' }, null)]
  assert.deepEqual(
    read(calendarOf(all, now, 's')).map(({ SUMMARY, DTSTART }) => [SUMMARY, DTSTART]),
    [
      ['Rotation due: late (overdue)', '20261117T120000Z'],
      ['Rotation due: adopted (unknown-age)', '20261122T120000Z'],
    ],
  )
})

void test('commas, semicolons, backslashes, line ends, emoji and long names survive', () => {
  const owner = `a,b;c\\d\ne\u0007 ${'🔑é'.repeat(60)}`
  const [event] = read(calendarOf([one('erp', { every: '90d' }, now, owner)], now, 's'))
  assert(unescaped(event?.['DESCRIPTION']).includes(`Owner: ${owner.replace('\u0007', ' ')}\n`))
})

void test('nothing scheduled is an empty calendar', () => {
  assert.deepEqual(read(calendarOf([], now, 's')), [])
})
