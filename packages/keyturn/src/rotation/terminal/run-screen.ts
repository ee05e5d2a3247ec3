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

/** What a person does about a run that does not go on by itself. `canGoBack`: `--cancel` would be taken. */
export const nextLines = (
  run: Run,
  { name, bin, now, canGoBack }: { name: string; bin: string; now: number; canGoBack: boolean },
): readonly string[] => {
  const rotate = `${bin} rotate ${name}`
  switch (run.state) {
    case 'retired':
      return [`${name} was turned: version ${run.to} is in use; ${run.done.at(-1)?.note ?? 'the old one is gone'}.`]
    case 'rolled-back':
      return [`Taken back: ${name} is as it was. ${run.problem?.next ?? ''}`.trim()]
    case 'abandoned':
      return [
        `Abandoned: versions ${run.from ?? 'none'} and ${run.to} are both kept, for which of them works is not known.`,
        `Keep the value that works with ${bin} credentials adopt ${name}, or start again with ${rotate}.`,
      ]
    case 'halted': {
      const other = canGoBack ? `${rotate} --cancel to take it back` : `${rotate} --abandon if nothing can mend it`
      return [run.problem?.next ?? '', `Then: ${rotate} --resume, or ${other}.`]
    }
    default:
      if (run.person !== null) return [...taskLines(run.person), `Then: ${rotate} --resume`]
      if (run.waitUntil === null) return []
      return [
        `Goes on ${moment(run.waitUntil, now)}: ${run.waitsFor ?? ''}`,
        `By itself where keyturn serve runs; else: ${rotate} --resume`,
        ...(run.state === 'draining' ? [`To end the old value now: ${rotate} --resume --decide retire`] : []),
      ]
  }
}
