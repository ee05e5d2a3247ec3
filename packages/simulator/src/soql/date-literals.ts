/**
 * Date literals (TODAY, LAST_N_DAYS:30, THIS_QUARTER …) as half-open ranges of calendar days in the calling user's time
 * zone. Weeks begin on Sunday and the fiscal year is the calendar year, as in an org nobody has configured.
 */

/** Days as `yyyy-mm-dd`; `until` is the first day after the range. */
export interface DayRange {
  readonly from: string
  readonly until: string
}

interface Day {
  readonly year: number
  /** 0 to 11; out of range carries into the year. */
  readonly month: number
  readonly day: number
}

const text = ({ year, month, day }: Day): string => new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10)

const formats = new Map<string, Intl.DateTimeFormat>()

function localParts(epochMs: number, timeZone: string): Readonly<Record<string, number>> {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  formats.set(timeZone, format)
  return Object.fromEntries(format.formatToParts(epochMs).map((part) => [part.type, Number(part.value)]))
}

function localDay(epochMs: number, timeZone: string): Day {
  const parts = localParts(epochMs, timeZone)
  return { year: parts['year'] ?? 0, month: (parts['month'] ?? 1) - 1, day: parts['day'] ?? 1 }
}

/** The moment a calendar day begins in a time zone. */
export function midnight(day: string, timeZone: string): number {
  const utc = Date.parse(`${day}T00:00:00Z`)
  const offset = (at: number): number => {
    const p = localParts(at, timeZone)
    return (
      Date.UTC(
        p['year'] ?? 0,
        (p['month'] ?? 1) - 1,
        p['day'] ?? 1,
        p['hour'] ?? 0,
        p['minute'] ?? 0,
        p['second'] ?? 0,
      ) - at
    )
  }
  // Twice, because the offset at the first guess may be that of the other side of a change of the clocks.
  const guess = utc - offset(utc)
  return utc - offset(guess)
}

type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR'

/** The first day of the unit that is `count` units away from the one today is in. */
function start(today: Day, unit: Unit, count: number): Day {
  const { year, month, day } = today
  if (unit === 'DAY') return { year, month, day: day + count }
  if (unit === 'WEEK') return { year, month, day: day - new Date(Date.UTC(year, month, day)).getUTCDay() + 7 * count }
  if (unit === 'MONTH') return { year, month: month + count, day: 1 }
  if (unit === 'QUARTER') return { year, month: month - (month % 3) + 3 * count, day: 1 }
  return { year: year + count, month: 0, day: 1 }
}

const range = (today: Day, unit: Unit, from: number, until: number): DayRange => ({
  from: text(start(today, unit, from)),
  until: text(start(today, unit, until)),
})

const asUnit = (word: string): Unit | undefined =>
  (['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const).find(
    (unit) => unit === word.replace(/^FISCAL_/, '').replace(/S$/, ''),
  )

/** The days a literal means; undefined when it is none. */
export function dateLiteral(literal: string, now: number, timeZone: string): DayRange | undefined {
  const [name = '', count] = literal.toUpperCase().split(':')
  const today = localDay(now, timeZone)
  if (count === undefined) return plainLiteral(name, today)
  const n = Number(count)
  const ago = /^N_(\w+)_AGO$/.exec(name)
  const around = /^(LAST|NEXT)_N_(\w+)$/.exec(name)
  const unit = asUnit(ago?.[1] ?? around?.[2] ?? '')
  if (unit === undefined || !Number.isInteger(n) || n < 0) return undefined
  if (ago !== null) return range(today, unit, -n, 1 - n)
  // The last n days include today; the last n weeks, months and so on end with the one before this.
  if (around?.[1] === 'LAST') return range(today, unit, -n, unit === 'DAY' ? 1 : 0)
  return range(today, unit, 1, 1 + n)
}

function plainLiteral(name: string, today: Day): DayRange | undefined {
  switch (name) {
    case 'YESTERDAY':
      return range(today, 'DAY', -1, 0)
    case 'TODAY':
      return range(today, 'DAY', 0, 1)
    case 'TOMORROW':
      return range(today, 'DAY', 1, 2)
    case 'LAST_90_DAYS':
      return range(today, 'DAY', -90, 1)
    case 'NEXT_90_DAYS':
      return range(today, 'DAY', 1, 91)
  }
  const match = /^(LAST|THIS|NEXT)_(\w+)$/.exec(name)
  const unit = asUnit(match?.[2] ?? '')
  if (match === null || unit === undefined) return undefined
  const offset = match[1] === 'LAST' ? -1 : match[1] === 'NEXT' ? 1 : 0
  return range(today, unit, offset, offset + 1)
}
