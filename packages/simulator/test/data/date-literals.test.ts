/** Date literals as days in the caller's time zone, and where those days begin. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dateLiteral, midnight } from '../../src/soql/date-literals.ts'

/** A Wednesday in UTC and still Tuesday evening in Los Angeles. */
const now = Date.parse('2026-03-11T02:30:00Z')

const ranges: readonly (readonly [literal: string, from: string, until: string, timeZone?: string])[] = [
  ['TODAY', '2026-03-11', '2026-03-12'],
  ['TODAY', '2026-03-10', '2026-03-11', 'America/Los_Angeles'],
  ['TODAY', '2026-03-11', '2026-03-12', 'Asia/Tokyo'],
  ['YESTERDAY', '2026-03-10', '2026-03-11'],
  ['TOMORROW', '2026-03-12', '2026-03-13'],
  ['THIS_WEEK', '2026-03-08', '2026-03-15'],
  ['LAST_WEEK', '2026-03-01', '2026-03-08'],
  ['NEXT_MONTH', '2026-04-01', '2026-05-01'],
  ['LAST_MONTH', '2026-02-01', '2026-03-01'],
  ['THIS_QUARTER', '2026-01-01', '2026-04-01'],
  ['LAST_QUARTER', '2025-10-01', '2026-01-01'],
  ['NEXT_YEAR', '2027-01-01', '2028-01-01'],
  ['THIS_FISCAL_QUARTER', '2026-01-01', '2026-04-01'],
  ['LAST_FISCAL_YEAR', '2025-01-01', '2026-01-01'],
  ['LAST_90_DAYS', '2025-12-11', '2026-03-12'],
  ['LAST_N_DAYS:30', '2026-02-09', '2026-03-12'],
  ['NEXT_N_DAYS:7', '2026-03-12', '2026-03-19'],
  ['N_DAYS_AGO:2', '2026-03-09', '2026-03-10'],
  ['LAST_N_WEEKS:2', '2026-02-22', '2026-03-08'],
  ['NEXT_N_WEEKS:1', '2026-03-15', '2026-03-22'],
  ['LAST_N_MONTHS:3', '2025-12-01', '2026-03-01'],
  ['N_MONTHS_AGO:1', '2026-02-01', '2026-03-01'],
  ['NEXT_N_QUARTERS:2', '2026-04-01', '2026-10-01'],
  ['N_YEARS_AGO:2', '2024-01-01', '2025-01-01'],
  ['LAST_N_FISCAL_YEARS:2', '2024-01-01', '2026-01-01'],
]

describe('date literals', () => {
  for (const [literal, from, until, timeZone = 'GMT'] of ranges) {
    it(`${literal} in ${timeZone} is ${from} to before ${until}`, () => {
      assert.deepEqual(dateLiteral(literal, now, timeZone), { from, until })
    })
  }

  it('knows nothing else', () => {
    for (const literal of ['SOMEDAY', 'LAST_N_FORTNIGHTS:2', 'LAST_N_DAYS:-1', 'THIS_CENTURY']) {
      assert.equal(dateLiteral(literal, now, 'GMT'), undefined)
    }
  })

  it('begins days at local midnight, on both sides of a change of the clocks', () => {
    const at = (day: string, zone: string): string => new Date(midnight(day, zone)).toISOString()
    assert.equal(at('2026-03-08', 'America/Los_Angeles'), '2026-03-08T08:00:00.000Z')
    assert.equal(at('2026-03-09', 'America/Los_Angeles'), '2026-03-09T07:00:00.000Z')
    assert.equal(at('2026-10-25', 'Europe/Berlin'), '2026-10-24T22:00:00.000Z')
    assert.equal(at('2026-10-26', 'Europe/Berlin'), '2026-10-25T23:00:00.000Z')
    assert.equal(at('2026-06-01', 'Asia/Tokyo'), '2026-05-31T15:00:00.000Z')
  })
})
