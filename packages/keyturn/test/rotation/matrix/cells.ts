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

type Calls = ReadonlyMap<string, ReadonlySet<string>>

const whyEmpty = (
  { kind, calls }: { readonly kind: MatrixKind; readonly calls: Calls },
  steps: readonly string[],
  trouble: string,
  step: string,
): string | null => {
  const told = steps.indexOf(undoneBy)
  if (trouble.includes('destination')) {
    if (told < 0) return 'this kind tells no destination'
    if (trouble.startsWith('cancelled') && steps.indexOf(step) <= told) return 'no destination has the new value yet'
    if (!trouble.startsWith('cancelled') && step !== undoneBy) return `destinations are written in step ${undoneBy}`
  }
  const own = kind.empty(trouble, step)
  if (own !== null) return own
  const more = kind.more?.[trouble]
  const fault = faults[trouble] ?? (typeof more === 'object' ? more : undefined)
  const sent = calls.get(step)
  const silent = sent !== undefined && !sent.has(fault?.match?.endpoint ?? [...sent][0] ?? '')
  return fault !== undefined && silent ? 'the step sends no such request' : null
}

/** `calls`: what the steps ask the org for. */
export const cellsOf = async (kind: MatrixKind, calls: Calls): Promise<Cells> => {
  const steps = (await loadRotator(kind.kind)).steps.map(({ name }) => name)
  const run: Place[] = []
  const empty: EmptyCell[] = []
  for (const [index, switches] of Object.keys(kind.switches).entries()) {
    for (const step of steps) {
      for (const trouble of troublesOf(kind)) {
        if (index > 0 && !doubtful.includes(trouble) && kind.crossed?.includes(trouble) !== true) continue
        const why = whyEmpty({ kind, calls }, steps, trouble, step)
        if (why === null) run.push({ kind, switches, step, trouble })
        else empty.push({ kind, switches, step, trouble, why })
      }
    }
  }
  return { run, empty }
}

/** So many of them, and each trouble at least once, spread over steps and switches: the same ones each time. */
export const sampled = (cells: readonly Place[], wanted: number): readonly Place[] => {
  const troubles = [...new Set(cells.map(({ trouble }) => trouble))]
  const taken = new Set<Place>()
  // The golden section as a stride: what follows one another in the list shares step or switches.
  for (let n = 0; taken.size < Math.min(Math.max(wanted, troubles.length), cells.length); n++) {
    const own = cells.filter(({ trouble }) => trouble === troubles[n % troubles.length])
    const place = own[Math.floor(((n * 0.618_033_988_75) % 1) * own.length)]
    if (place !== undefined) taken.add(place)
  }
  return cells.filter((place) => taken.has(place))
}
