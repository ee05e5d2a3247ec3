/** A run on a terminal: one line a step as it happens, what it waits for, and at its end what to do next. */
import { moment, span } from '../../output/moment.ts'
import type { Paint } from '../../output/colour.ts'
import type { Run } from '../credential.ts'
import type { RunEvent } from '../run/work.ts'
import { taskLines } from './ask-person.ts'

export const eventLine = (event: RunEvent, now: number, paint: Paint): string => {
  switch (event.is) {
    case 'step':
      return `${event.back ? '↶' : '→'} ${event.step}: ${event.does}`
    case 'line':
      return `    ${event.text}`
    case 'done':
      return `${paint('green', event.back ? '↶' : '✓')} ${event.step}: ${event.note}`
    case 'wait':
      return `    waits ${span(event.until - now)}: ${event.why}`
    case 'problem':
      return `${paint('red', '✗')} ${event.problem.text} (${event.problem.code})`
    default:
      return event satisfies never
  }
}

/** What a person does about a run that does not go on by itself. */
export const nextLines = (run: Run, name: string, bin: string, now: number): readonly string[] => {
  if (run.state === 'retired') return [`${name} was turned: version ${run.to} is in use and the old one is gone.`]
  if (run.state === 'rolled-back') return [`Taken back: ${name} is as it was. ${run.problem?.next ?? ''}`.trim()]
  if (run.state === 'halted')
    return [
      run.problem?.next ?? '',
      `Then: ${bin} rotate ${name} --resume, or ${bin} rotate ${name} --cancel to take it back.`,
    ]
  if (run.person !== null) {
    return [...taskLines(run.person), `Then: ${bin} rotate ${name} --resume`]
  }
  if (run.waitUntil !== null) {
    return [
      `Goes on ${moment(run.waitUntil, now)}: ${run.waitsFor ?? ''}`,
      `By itself where keyturn serve runs; else: ${bin} rotate ${name} --resume`,
    ]
  }
  return []
}
