/** `keyturn schedule --ics`, as a process of its own in the folder: when what is due next, and a calendar of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@keyturn/tokens'
import type { ScheduleView } from '../../rotation/views/schedule-view.ts'
import { mind, plainEnvironment } from '../children.ts'
import type { World } from './world.ts'

/** The same from sources and when it is published. */
const bin = fileURLToPath(new URL('../../../bin/keyturn.js', import.meta.url))
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
  const child = spawn(process.execPath, [bin, 'schedule', '--ics', CALENDAR, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...plainEnvironment(), ...environment, HOME: folder, NO_COLOR: '1' },
  })
  mind(child)
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`keyturn schedule ended with ${code}: ${said.stderr}${said.stdout}`)
  const { schedule } = JSON.parse(said.stdout) as { readonly schedule: readonly ScheduleView[] }
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
