/** What is wrong with schedules taken together, and with time: circles, windows that never open, nobody to block. */
import { credentialKinds } from '../rotation/rotators/settings.ts'
import { circleIn } from '../rotation/schedule/dependencies.ts'
import { policyOf, timesOf } from '../rotation/schedule/policy.ts'
import { scheduleSettings } from '../rotation/schedule/schedule-settings.ts'
import { longestClosed, nextOpen } from '../rotation/schedule/windows.ts'
import type { Times } from '../rotation/schedule/windows.ts'
import type { Found } from './found.ts'
import { foundIn } from './issues.ts'
import { group, textsIn } from './names.ts'

/**
 * The schema looks at settings together only where each is right: so once more without those that are wrong. `said`: the
 * schema did look at this schedule, which it does only where the credential's kind is known.
 */
const readAll = (schedule: Readonly<Record<string, unknown>>, said: boolean) => {
  const first = scheduleSettings.safeParse(schedule)
  const issues = first.error?.issues ?? []
  const before = said ? [] : issues.flatMap(foundIn)
  const wrong = new Set(issues.flatMap((issue) => ('keys' in issue ? issue.keys : issue.path.slice(0, 1))))
  if (first.success || wrong.size === 0) return { parsed: first, more: before }
  const parsed = scheduleSettings.safeParse(
    Object.fromEntries(Object.entries(schedule).filter(([name]) => !wrong.has(name))),
  )
  const told = new Set(issues.map(({ path, message }) => `${path.join('.')} ${message}`))
  const after = (parsed.error?.issues ?? []).filter(
    ({ path, message }) => path.length > 0 && !told.has(`${path.join('.')} ${message}`),
  )
  return { parsed, more: [...before, ...after] }
}

const daysText = (ms: number): string => `${Math.ceil(ms / 8_640_000) / 10}d`

const isKind = (kind: unknown): boolean => credentialKinds.some((one) => one === kind)

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
  /** Thousands of credentials have the same few windows. */
  const known = new Map<string, number | null>()
  const closedAtMost = (times: Times): number | null => {
    const key = JSON.stringify(times)
    const closed = known.get(key) ?? longestClosed(times, now)
    known.set(key, closed)
    return closed
  }
  for (const { name, entry, schedule } of credentials) {
    const at = ['credentials', name, 'schedule'] as const
    if (entry['schedule'] === undefined) continue
    const { parsed, more } = readAll(schedule, isKind(entry['kind']))
    found.push(...more.map((one) => ({ ...one, path: [...at, ...one.path] })))
    if (!parsed.success) continue
    const { window, onOverdue, blocks } = parsed.data
    const times = timesOf(parsed.data)
    if (nextOpen(times, now) === null)
      found.push({
        path: [...at, window === undefined ? 'blackout' : 'window'],
        message: 'never lets a run begin within a year: windows and blackouts leave no time',
      })
    if (onOverdue !== 'block-caller') continue
    const own = entry['grant'] ?? entry['grants']
    if (blocks === undefined && own === undefined)
      found.push({ path: [...at, 'onOverdue'], message: 'block-caller needs `blocks`: the grants that callers lose' })
    const { lead, grace } = policyOf(parsed.data)
    const closed = closedAtMost(times)
    if (closed !== null && closed > lead + grace)
      found.push({
        path: [...at, 'onOverdue'],
        message: `block-caller would refuse callers before a run may begin: windows and blackouts leave no time for ${daysText(closed)}, lead and grace together are ${daysText(lead + grace)}`,
      })
  }
  return found
}
