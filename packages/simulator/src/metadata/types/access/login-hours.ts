/** Login hours of a profile: minutes of the day in texts, start and end for each day of the week. */
import type { LoginHours } from '../../../state/users.ts'
import type { Element, JsonObject } from '../../elements.ts'
import { ComponentProblem, all, group, text, textAt } from '../../elements.ts'

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
const endOfDay = 1440

export const loginHoursElement: Element = group(
  'ProfileLoginHours',
  all(text, ...days.flatMap((day) => [`${day}Start`, `${day}End`])),
)

/** -1 or nothing: no login on this day. No day at all: no restriction. */
export function hoursOf(body: JsonObject): LoginHours | null {
  const minutes = (name: string): number | null => {
    const value = textAt(body, name)
    if (value === undefined || value === '-1') return null
    const n = Number(value)
    if (!Number.isInteger(n) || n < 0 || n > endOfDay || n % 60 !== 0)
      throw new ComponentProblem(`Invalid value for ${name}: ${value}. Specify whole hours in minutes since midnight.`)
    return n
  }
  const spans = days.map((day) => {
    const [from, to] = [minutes(`${day}Start`), minutes(`${day}End`)]
    if ((from === null) !== (to === null)) throw new ComponentProblem(`${day}Start and ${day}End belong together`)
    return from === null || to === null ? null : { from, to }
  })
  return spans.every((span) => span === null) ? null : { days: spans }
}
