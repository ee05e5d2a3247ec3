/** One thing to do for a group of users, with the command where there is one, and whom it would stop. */
import type { Impact } from '../impact/impact.ts'

export interface Step {
  readonly title: string
  readonly why: string
  readonly users: readonly string[]
  /** As it can be typed; null: only people can do it. */
  readonly command: string | null
  /** What the command would do to whom was seen; null: it stops nobody, or is none. */
  readonly impact: {
    readonly days: number | null
    readonly cutOff: number
    readonly possible: number
    readonly blind: readonly string[]
  } | null
  readonly next: string
}

/** Each user counts once, however many ways it comes. */
export const impactCounts = (impact: Impact): NonNullable<Step['impact']> => {
  const cutOff = new Set(impact.cutOff.map(({ user }) => user))
  const possible = new Set(impact.possible.map(({ user }) => user).filter((user) => !cutOff.has(user)))
  return { days: impact.days, cutOff: cutOff.size, possible: possible.size, blind: impact.blind }
}

/** A name of the org in a command: only where a shell takes it for nothing else. */
export const typed = (name: string | null, instead: string): string =>
  name !== null && /^[A-Za-z0-9_][\w.+@-]{0,100}$/.test(name) ? name : instead
