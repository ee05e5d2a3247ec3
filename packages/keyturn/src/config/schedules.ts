/** What is wrong with schedules taken together, and with time: circles, windows that never open, nobody to block. */
import { circleIn } from '../rotation/schedule/dependencies.ts'
import { timesOf } from '../rotation/schedule/policy.ts'
import { scheduleSettings } from '../rotation/schedule/schedule-settings.ts'
import { nextOpen } from '../rotation/schedule/windows.ts'
import type { Found } from './check.ts'
import { group, textsIn } from './names.ts'

export const scheduleProblems = (content: unknown, now: number): readonly Found[] => {
  const found: Found[] = []
  const credentials = Object.entries(group(group(content)['credentials'])).map(([name, value]) => ({
    name,
    entry: group(value),
    schedule: group(group(value)['schedule']),
  }))
  const circle = circleIn(new Map(credentials.map(({ name, schedule }) => [name, textsIn(schedule['after'])])))
  if (circle !== null) {
    const message =
      circle.length === 2 ? 'names itself' : `makes a circle in which nothing ever turns: ${circle.join(' after ')}`
    found.push({ path: ['credentials', circle[0] ?? '', 'schedule', 'after'], message })
  }
  for (const { name, entry, schedule } of credentials) {
    const at = ['credentials', name, 'schedule'] as const
    const parsed = scheduleSettings.safeParse(schedule)
    if (!parsed.success) continue
    if (nextOpen(timesOf(parsed.data), now) === null)
      found.push({
        path: [...at, parsed.data.window === undefined ? 'blackout' : 'window'],
        message: 'never lets a run begin within a year: windows and blackouts leave no time',
      })
    const { onOverdue, blocks } = parsed.data
    const own = entry['grant'] ?? entry['grants']
    if (onOverdue === 'block-caller' && blocks === undefined && own === undefined)
      found.push({ path: [...at, 'onOverdue'], message: 'block-caller needs `blocks`: the grants that callers lose' })
  }
  return found
}
