/** The progress of the demo for somebody who watches: short lines, and on a terminal one that says what is going on. */
import { textWidth } from '../output/terminal-text.ts'
import type { Paint } from '../output/colour.ts'
import type { ClientPackage } from './clients.ts'
import type { Numbers } from './counts.ts'
import type { Scenario } from './scenario.ts'
import { legacyLines } from './legacy/tell.ts'
import type { LegacyEntry } from './legacy/day.ts'
import type { Posture } from './posture/posture.ts'
import { postureLines } from './posture/tell.ts'
import { rotationLines } from './rotation/tell.ts'
import type { Rotations } from './rotation/rotations.ts'
import type { Entry } from './verdict.ts'
import { wrap } from './wrap.ts'

interface Story {
  begin(clients: readonly ClientPackage[], processes: number): void
  /** Rewritten in place; nothing where lines can't be rewritten. */
  status(text: string): void
  tell(number: number, scenario: Scenario, entries: readonly Entry[]): void
  tellLegacy(number: number, entries: readonly LegacyEntry[]): void
  tellRotations(number: number, rotations: Rotations): void
  tellPosture(number: number, posture: Posture): void
  end(): void
}

interface Target {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const WIDEST = 100

export const widthOf = (stream: Target): number => Math.min(stream.columns ?? WIDEST, WIDEST)

export const storyOn = (stream: Target, paint: Paint, quiet: boolean): Story => {
  const width = widthOf(stream)
  let open = false
  const write = (text: string): void => {
    if (quiet) return
    if (open) stream.write('\r\u001b[2K')
    open = false
    stream.write(text)
  }
  const lines = (...text: readonly string[]): void => write(`${text.join('\n')}\n`)
  const side = (name: string, { callsOk, callsFailed, alive }: Numbers): string =>
    `${name} ${paint(alive ? 'green' : 'red', alive ? '✓' : '✗')} ${callsOk} of ${callsOk + callsFailed}`
  return {
    begin: (clients, processes) => {
      const names = clients.map(({ name, version }) => `${name} ${version}`).join(', ')
      lines(
        paint('bold', 'What happens to Salesforce tokens when things go wrong'),
        ...wrap(
          `A simulated org with refresh token rotation, real clients (${names}), four processes each: through Keyturn, and on their own. Time is simulated, the processes and the wire are real.`,
          width,
        ),
        `${paint('green', '✓')} can still get in at the end   ${paint('red', '✗')} locked out: a person has to log in again`,
        '',
      )
      if (stream.isTTY !== true) lines(`Starting ${processes} processes …`, '')
    },
    status: (text) => {
      if (quiet || stream.isTTY !== true) return
      stream.write(`\r\u001b[2K${paint('dim', text.slice(0, width - 1))}`)
      open = true
    },
    tell: (number, { name, story }, entries) => {
      const names = Math.max(...entries.map(({ client }) => textWidth(client)))
      const told = entries.map((entry) => {
        const client = entry.client + ' '.repeat(names - textWidth(entry.client))
        return `   ${client}  ${side('with Keyturn', entry.with)} calls · ${side('without', entry.without)}`
      })
      const codes = [...new Set(entries.flatMap((entry) => entry.with.told))].join(' or ')
      const ending = codes === '' ? [] : [`   With Keyturn, callers are told ${codes}.`]
      lines(paint('bold', `${number}  ${name}`), ...wrap(story, width, '   '), ...told, ...ending, '')
    },
    tellLegacy: (number, entries) => lines(...legacyLines(number, entries, width, paint)),
    tellRotations: (number, rotations) => lines(...rotationLines(number, rotations, width, paint)),
    tellPosture: (number, posture) => lines(...postureLines(number, posture, width, paint)),
    end: () => write(''),
  }
}
