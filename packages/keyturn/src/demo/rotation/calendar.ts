/** `keyturn schedule --ics`, as a process of its own in the folder: when what is due next, and a calendar of it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@keyturn/tokens'
import type { ScheduleView } from '../../rotation/views/schedule-view.ts'
import { keyturnSays } from '../keyturn-process.ts'
import type { World } from './world.ts'

export const CALENDAR = 'rotations.ics'

type Row = Pick<ScheduleView, 'name' | 'kind' | 'policy' | 'state' | 'due' | 'dueInDays'>

export interface Calendar {
  readonly due: readonly Row[]
  /** In the file. */
  readonly events: number
  readonly problems: readonly string[]
}

export const nextDue = async ({ folder, environment, sim, clock, rotation }: World): Promise<Calendar> => {
  // The week is over: the process has the machine's time.
  sim.clock.advance(Math.max(0, systemClock.wall() - clock.wall()))
  const { schedule } = await keyturnSays<{ readonly schedule: readonly ScheduleView[] }>({ folder, environment }, [
    'schedule',
    '--ics',
    CALENDAR,
  ])
  return calendarOf(rotation.names, schedule, readFileSync(join(folder, CALENDAR), 'utf8'))
}

/** `names`: what keyturn.yaml schedules; `ics`: what was written. */
export const calendarOf = (names: readonly string[], rows: readonly Row[], ics: string): Calendar => {
  const events = ics.split('BEGIN:VEVENT').slice(1)
  const problems = names.flatMap((name) => {
    const row = rows.find((one) => one.name === name)
    if (row?.due == null) return [`nothing says when ${name} is due`]
    const at = row.due.replaceAll(/[-:]|\.\d+/g, '')
    const found = events.some((event) => event.includes(`UID:due/${name}@`) && event.includes(`DTSTART:${at}`))
    return found ? [] : [`${name} is due on ${row.due}, and the calendar has no such event`]
  })
  const due = rows.map(({ name, kind, policy, state, due: at, dueInDays }) => ({
    ...{ name, kind, policy, state, due: at, dueInDays },
  }))
  return { due, events: events.length, problems }
}
