/**
 * When users of a profile may log in, as people write it (`mon-fri 06:00-20:00`) and as metadata has it: minutes of the
 * day in whole hours, by the org's default time zone. A day that is not named has no login. (Metadata API guide, Profile)
 */
import { KeyturnError } from '@keyturn/tokens'
import type { MetadataBody } from '../../org/metadata-component.ts'

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

const bad = (text: string, why: string): KeyturnError =>
  new KeyturnError('BAD_ARGUMENT', `"${text.slice(0, 80)}" are no login hours: ${why}`, {
    fix: 'Write days and whole hours, e.g. "mon-fri 06:00-20:00" or "daily 00:00-24:00"; more than one with commas.',
  })

const dayOf = (text: string, word: string): number => {
  const found = days.findIndex((day) => word.length >= 3 && day.startsWith(word))
  if (found < 0) throw bad(text, `${word} is no day`)
  return found
}

const daysOf = (text: string, words: string): readonly number[] => {
  if (words === 'daily') return days.map((_, index) => index)
  const [first = '', last, ...more] = words.split('-')
  if (more.length > 0) throw bad(text, 'days are one, or two with a hyphen')
  const from = dayOf(text, first)
  const to = last === undefined ? from : dayOf(text, last)
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7)
}

const minutesOf = (text: string, time: string): number => {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? []
  if (minutes !== '00' || Number(hours) > 24) throw bad(text, `${time} is no whole hour`)
  return Number(hours) * 60
}

/** The element `loginHours`. Throws BAD_ARGUMENT. */
export const loginHours = (text: string): MetadataBody => {
  const found: Record<string, string> = {}
  for (const part of text.toLowerCase().split(',')) {
    const [words = '', times = '', ...more] = part.trim().split(/\s+/)
    const [start = '', end = '', ...rest] = times.split('-')
    if (more.length > 0 || rest.length > 0) throw bad(text, 'each part has days and times')
    const [from, to] = [minutesOf(text, start), minutesOf(text, end)]
    if (from >= to) throw bad(text, 'they end before they begin; a span over midnight is two')
    for (const index of daysOf(text, words)) {
      const day = days[index] ?? 'sunday'
      if (`${day}Start` in found) throw bad(text, `${day} is named twice, and has one span a day`)
      found[`${day}Start`] = String(from)
      found[`${day}End`] = String(to)
    }
  }
  return found
}
