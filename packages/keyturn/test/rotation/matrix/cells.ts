/**
 * Which cells there are, and which are run. All of them would take hours: under the default switches every step is
 * crossed with every trouble; under each other switch with those that leave the run in doubt about what the platform did
 * (and with what is the kind’s own). The ordinary run takes an even sample, the same each time.
 */
import { loadRotator } from '../../../src/rotation/rotators/load-rotator.ts'
import type { MatrixKind, Place } from './matrix.ts'
import { cancels, deaths, destinations, faults } from './troubles.ts'

const common = [...deaths, ...Object.keys(faults), ...cancels, ...destinations]

export const troublesOf = (kind: MatrixKind): readonly string[] => [...common, ...Object.keys(kind.more ?? {})]

/** Under other switches than the default ones. */
const doubtful: readonly string[] = [
  'killed before',
  'killed after',
  'answer lost',
  'outage',
  'metadata answer lost',
  'cancelled',
]

export interface EmptyCell extends Place {
  readonly why: string
}

export interface Cells {
  readonly run: readonly Place[]
  readonly empty: readonly EmptyCell[]
}

const undoneBy = 'distribute'

const whyEmpty = (kind: MatrixKind, steps: readonly string[], trouble: string, step: string): string | null => {
  const told = steps.indexOf(undoneBy)
  if (trouble.includes('destination')) {
    if (told < 0) return 'this kind tells no destination'
    if (trouble.startsWith('cancelled') && steps.indexOf(step) <= told) return 'no destination has the new value yet'
    if (!trouble.startsWith('cancelled') && step !== undoneBy) return `destinations are written in step ${undoneBy}`
  }
  return kind.empty(trouble, step)
}

export const cellsOf = async (kind: MatrixKind): Promise<Cells> => {
  const steps = (await loadRotator(kind.kind)).steps.map(({ name }) => name)
  const run: Place[] = []
  const empty: EmptyCell[] = []
  for (const [index, switches] of Object.keys(kind.switches).entries()) {
    for (const step of steps) {
      for (const trouble of troublesOf(kind)) {
        if (index > 0 && !doubtful.includes(trouble) && kind.more?.[trouble] === undefined) continue
        const why = whyEmpty(kind, steps, trouble, step)
        if (why === null) run.push({ kind, switches, step, trouble })
        else empty.push({ kind, switches, step, trouble, why })
      }
    }
  }
  return { run, empty }
}

/** So many of them, spread over steps, troubles and switches: the same ones each time. */
export const sampled = (cells: readonly Place[], wanted: number): readonly Place[] => {
  if (cells.length <= wanted) return cells
  // The golden section as a stride: neighbours in the list, which share step or switches, are never taken together.
  const taken = new Set<number>()
  for (let n = 0; taken.size < wanted; n++) taken.add(Math.floor(((n * 0.618_033_988_75) % 1) * cells.length))
  return [...taken].toSorted((one, other) => one - other).flatMap((index) => cells[index] ?? [])
}
