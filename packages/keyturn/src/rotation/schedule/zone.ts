/**
 * Time as the clocks on the wall of a zone show it, by the zone tables that come with Node (Intl). Where summer time
 * begins an hour of the wall does not exist, where it ends one comes twice: nothing here guesses, callers get none, one
 * or two instants.
 */
const formats = new Map<string, Intl.DateTimeFormat>()

/** Throws RangeError for a zone that Node doesn't know. */
const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

export const isZone = (zone: string): boolean => {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

export const minute = 60_000
export const day = 86_400_000

/** Zones change their offset on quarters of an hour: Intl is asked once for each, which thousands of schedules share. */
const quarter = 15 * minute
const mostKept = 50_000
const kept = new Map<string, number>()

/** What is added to the epoch for the wall, ms. */
const offsetAt = (at: number, zone: string): number => {
  if (zone === 'UTC') return 0
  const begin = Math.floor(at / quarter) * quarter
  const key = `${zone} ${begin}`
  const known = kept.get(key)
  if (known !== undefined) return known
  if (kept.size >= mostKept) kept.clear()
  const offset = askOffset(begin, zone)
  kept.set(key, offset)
  return offset
}

const askOffset = (at: number, zone: string): number => {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value)
  const { year = 0, month = 1, day: date = 1, hour = 0, minute: minutes = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, date, hour, minutes, second) - at
}

/** The wall's date and time, as if it were UTC. */
export const wallAt = (at: number, zone: string): number => at + offsetAt(at, zone)

/** When the wall shows this: no, one or two instants. */
export const instantsOf = (wall: number, zone: string): readonly number[] => {
  const offsets = new Set([offsetAt(wall - day, zone), offsetAt(wall + day, zone)])
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((at) => wallAt(at, zone) === wall)
    .sort((a, b) => a - b)
}

/** The first instant after `from` and not after `to` at which the wall is put forward or back; null: it isn't. */
export const changeBetween = (from: number, to: number, zone: string): number | null => {
  const before = offsetAt(from, zone)
  if (offsetAt(to, zone) === before) return null
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle, zone) === before) low = middle
    else high = middle
  }
  return high
}
