/** The table at the end, and what its numbers mean. Every number in it was counted by the server. */
import { textWidth } from '../output/terminal-text.ts'
import type { Colour, Paint } from '../output/colour.ts'
import type { Numbers } from './counts.ts'
import type { DemoResult, Entry, Parts } from './verdict.ts'
import { faultsOf, partFaults } from './verdict.ts'
import { wrap } from './wrap.ts'

const heads = ['ok', 'fail', 'exch', 'reuse', 'alive'] as const
const widths = [3, 4, 4, 5, 5] as const
const sideWidth = widths.reduce((sum, width) => sum + width, 0) + widths.length - 1
const edge = '  '

const left = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)))
const right = (text: string, width: number): string => ' '.repeat(Math.max(0, width - textWidth(text))) + text

const cells = (numbers: Numbers, paint: Paint): string => {
  const { callsOk, callsFailed, exchanges, reuses, alive } = numbers
  const shown: readonly (readonly [string, Colour | null])[] = [
    [String(callsOk), null],
    [String(callsFailed), callsFailed > 0 ? 'yellow' : null],
    [String(exchanges), null],
    [String(reuses), reuses > 0 ? 'yellow' : null],
    [alive ? '✓' : '✗', alive ? 'green' : 'red'],
  ]
  return shown
    .map(([text, colour], index) => {
      const cell = right(text, widths[index] ?? 0)
      return colour === null ? cell : paint(colour, cell)
    })
    .join(' ')
}

/** Fits into 80 columns. */
export const reportTable = (entries: readonly Entry[], paint: Paint): string => {
  const nameWidth = Math.max(...entries.map(({ client }) => textWidth(client))) + edge.length
  const titles = heads.map((head, index) => right(head, widths[index] ?? 0)).join(' ')
  const lines = [
    `${' '.repeat(nameWidth)}${edge}${left('with Keyturn', sideWidth)} ${edge}without`,
    paint('dim', `${' '.repeat(nameWidth)}${edge}${titles} ${edge}${titles}`),
  ]
  let told = ''
  for (const entry of entries) {
    if (entry.scenario.name !== told) lines.push(paint('bold', entry.scenario.name))
    told = entry.scenario.name
    const sides = [entry.with, entry.without].map((side) => cells(side, paint))
    lines.push(`${edge}${left(entry.client, nameWidth - edge.length)}${edge}${sides.join(` ${edge}`)}`)
  }
  return lines.join('\n')
}

const notes: readonly string[] = [
  'ok, fail: API calls of the four processes, by what the server answered; a call without an answer has failed.',
  'exch: refresh tokens exchanged for new ones. reuse: spent ones that were sent again; Keyturn does that only when nothing is left that it could end. alive: a process that starts afterwards gets in.',
  'Each client on its own is used as its documentation shows it: jsforce with oauth2, a refresh token and a "refresh" listener that saves to a file which all four read; @salesforce/core with its auth files, which it locks.',
  'The legacy programs run through keyturn serve, or directly; both are jsforce as it comes. There exch counts what the org saw.',
]

/** The notes to the table, then what a visitor should leave with: the outcome, and what went wrong with Keyturn, if anything did. */
export const reportEnd = (
  result: DemoResult,
  { entries, ...parts }: Parts & { readonly entries: readonly Entry[] },
  seconds: number,
  width: number,
  paint: Paint,
): string => {
  const keepable = entries.filter(({ scenario }) => scenario.keepable)
  const kept = (side: 'with' | 'without'): string =>
    `${keepable.filter((entry) => entry[side].alive).length} of ${keepable.length}`
  const outcome = `Access that could be kept: with Keyturn ${kept('with')} times, without ${kept('without')}.`
  const verdict = result.ok
    ? paint('green', 'Keyturn lost nothing that could be kept.')
    : paint('red', 'Keyturn lost something, or did what it must not do:')
  const found = [...entries.flatMap(faultsOf), ...partFaults(parts)]
  const faults = found.flatMap((fault) => wrap(`- ${fault}`, width))
  const explained = notes.flatMap((note) => wrap(note, width)).map((line) => paint('dim', line))
  const took = paint('dim', `${seconds.toFixed(0)} s`)
  const next = wrap('Now yourself: `keyturn sim` starts such an org and says what to type.', width)
  return [...explained, '', ...wrap(outcome, width), `${verdict} ${took}`, ...faults, ...next].join('\n')
}
