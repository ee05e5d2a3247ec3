/**
 * When a rotation may begin: windows say when, blackouts say when not, both by the wall of their zone. A moment is inside
 * when the wall shows a time inside. So a window in the hour that summer time skips isn't open on that day, and one in
 * the hour that comes twice is open both times; nothing is moved to an hour that nobody named.
 */
import { changeBetween, day, instantsOf, minute, wallAt } from './zone.ts'

export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
type Weekday = (typeof weekdays)[number]

/** Minutes of a day; `to` before `from` goes on past midnight and belongs to the day it began. */
export interface Hours {
  readonly from: number
  readonly to: number
}

interface Window {
  readonly days: readonly Weekday[] | null
  readonly hours: Hours
  readonly zone: string
}

interface Blackout {
  /** `2026-12-20` once, `12-20` each year; both included. */
  readonly dates: { readonly from: string; readonly to: string } | null
  readonly days: readonly Weekday[] | null
  /** 1 … 31, or from the end: -1 is the last one. */
  readonly monthDays: readonly number[] | null
  readonly hours: Hours
  readonly zone: string
  readonly why: string
}

export interface Times {
  /** None: any time. */
  readonly windows: readonly Window[]
  readonly blackouts: readonly Blackout[]
}

export const wholeDay: Hours = { from: 0, to: 1440 }

/** `08:30` in minutes. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** The day (as UTC midnight) that this wall time belongs to; null: outside of the hours. */
const dayOf = (wall: number, { from, to }: Hours): number | null => {
  const today = Math.floor(wall / day) * day
  const minutes = (wall - today) / minute
  if (from < to) return minutes >= from && minutes < to ? today : null
  if (minutes >= from) return today
  return minutes < to ? today - day : null
}

const weekdayOf = (date: number): Weekday => weekdays[new Date(date).getUTCDay()] ?? 'sun'

const inMonth = (date: number, monthDays: readonly number[]): boolean => {
  const at = new Date(date)
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
  const n = at.getUTCDate()
  return monthDays.includes(n) || monthDays.includes(n - last - 1)
}

const inDates = (date: number, { from, to }: { readonly from: string; readonly to: string }): boolean => {
  const text = new Date(date).toISOString().slice(from.length === 5 ? 5 : 0, 10)
  // Each year from one into the next: 12-20 … 01-06.
  return from <= to ? text >= from && text <= to : text >= from || text <= to
}

const windowHolds = ({ days, hours, zone }: Window, at: number): boolean => {
  const date = dayOf(wallAt(at, zone), hours)
  return date !== null && (days === null || days.includes(weekdayOf(date)))
}

const blackoutHolds = ({ dates, days, monthDays, hours, zone }: Blackout, at: number): boolean => {
  const date = dayOf(wallAt(at, zone), hours)
  return (
    date !== null &&
    (dates === null || inDates(date, dates)) &&
    (days === null || days.includes(weekdayOf(date))) &&
    (monthDays === null || inMonth(date, monthDays))
  )
}

/** Why not now; null: it is open. */
export const closedBecause = ({ windows, blackouts }: Times, at: number): string | null => {
  const blackout = blackouts.find((one) => blackoutHolds(one, at))
  if (blackout !== undefined) return `blackout: ${blackout.why}`
  return windows.length === 0 || windows.some((one) => windowHolds(one, at)) ? null : 'outside of its window'
}

export const isOpen = (times: Times, at: number): boolean => closedBecause(times, at) === null

/** Moments after `at`, in order, at which a window or a blackout can begin or end: nothing changes between them. */
function* moments({ windows, blackouts }: Times, at: number, days: number): Generator<number> {
  const rules = [...windows, ...blackouts]
  const marks = new Map<string, Set<number>>()
  for (const { zone, hours } of rules) {
    const known = marks.get(zone) ?? new Set([0])
    marks.set(zone, known.add(hours.from % 1440).add(hours.to % 1440))
  }
  let waiting: number[] = []
  for (let n = 0; n <= days + 1; n++) {
    for (const [zone, minutes] of marks) {
      const date = Math.floor(wallAt(at, zone) / day) * day + n * day
      for (const one of minutes) waiting.push(...instantsOf(date + one * minute, zone))
      const from = date - (wallAt(at, zone) - at)
      const change = changeBetween(from - 3 * 3_600_000, from + day + 3 * 3_600_000, zone)
      if (change !== null) waiting.push(change)
    }
    // Days of other zones begin up to a day apart: what lies before this has been found in all of them.
    const sure = at + (n - 1) * day - 4 * 3_600_000
    const ready = [...new Set(waiting)].filter((one) => one > at && one <= sure).sort((a, b) => a - b)
    waiting = waiting.filter((one) => one > sure)
    yield* ready
  }
}

/** A year and a day: yearly blackouts come round. */
const furthest = 367

/** The first moment from `at` on at which a rotation may begin; null: none within a year. */
export const nextOpen = (times: Times, at: number): number | null => {
  if (isOpen(times, at)) return at
  for (const one of moments(times, at, furthest)) if (isOpen(times, one)) return one
  return null
}

/** A month: what is open longer needs no end in a calendar. */
const usual = 32

/** The end of the open time that `at` lies in; null: open for more than a month, or not open. */
export const nextClose = (times: Times, at: number): number | null => {
  if (!isOpen(times, at)) return null
  for (const one of moments(times, at, usual)) if (!isOpen(times, one)) return one
  return null
}

/** How long no rotation may begin at most, within a year from `at`, ms; null: for good. */
export const longestClosed = (times: Times, at: number): number | null => {
  let longest = 0
  for (let closed = at; closed < at + furthest * day;) {
    const open = nextOpen(times, closed)
    if (open === null) return null
    longest = Math.max(longest, open - closed)
    closed = nextClose(times, open) ?? open + usual * day
  }
  return longest
}
