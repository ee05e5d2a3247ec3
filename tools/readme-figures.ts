/**
 * Writes the measured figures of `bench/results/` and `test/results/` into the README, between its markers: no number
 * there is typed by hand. `npm run figures`; `-- --check` only says whether the README is current.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { root } from './repository-files.ts'

interface BenchResult {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly unit: string
  readonly results: Readonly<Record<string, { readonly median: number; readonly min: number; readonly max: number }>>
  readonly goals: readonly {
    readonly what: string
    readonly wanted: string
    readonly found: string
    readonly met: boolean
  }[]
}

const read = <T>(file: string): T => JSON.parse(readFileSync(join(root, file), 'utf8')) as T
const figure = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })

const benches = (): string => {
  const files = globSync('bench/results/*.json', { cwd: root }).sort()
  const results = files.map((file) => read<BenchResult>(file))
  const rows = results.flatMap(({ unit, results: found }) =>
    Object.entries(found).map(
      ([name, { median, min, max }]) => `| ${name} | ${figure(median)} ${unit} | ${figure(min)} … ${figure(max)} |`,
    ),
  )
  const goals = results.flatMap(({ goals: all }) =>
    all.map(({ what, wanted, found, met }) => `| ${what} | ${wanted} | ${found} | ${met ? 'met' : '**not met**'} |`),
  )
  const machine =
    results[0] === undefined
      ? ''
      : `Node ${results[0].node}, ${results[0].cores} cores. Median of several rounds in turns, fastest … slowest.`
  return [
    '| goal | wanted | found | |',
    '|---|---|---|---|',
    ...goals,
    '',
    machine,
    '',
    '<details><summary>Everything that was measured, beside its peers</summary>',
    '',
    '| measured | median | spread |',
    '|---|---|---|',
    ...rows,
    '',
    '</details>',
  ].join('\n')
}

interface Recorded<T> {
  readonly commit: string
  readonly counts: T
}

interface Fleet {
  readonly exchanges: number
  readonly worlds: Readonly<
    Record<
      string,
      Readonly<
        Record<
          | 'callsOk'
          | 'kills'
          | 'faults'
          | 'unknownOutcomes'
          | 'orderedReplays'
          | 'reusesWhileAlive'
          | 'grantsLostKeepable',
          number
        >
      >
    >
  >
}

const survival = (): string => {
  const lines: string[] = []
  if (existsSync(join(root, 'test/results/fleet.json'))) {
    const { counts } = read<Recorded<Fleet>>('test/results/fleet.json')
    const sum = (name: keyof Fleet['worlds'][string]): string =>
      figure2(Object.values(counts.worlds).reduce((total, world) => total + world[name], 0))
    lines.push(
      '| fleets of four processes, all settings together | |',
      '|---|---|',
      `| exchanges | ${figure2(counts.exchanges)} |`,
      `| API calls that succeeded | ${sum('callsOk')} |`,
      `| faults injected · processes killed | ${sum('faults')} · ${sum('kills')} |`,
      `| outcomes that stayed unknown · replays as the last resort | ${sum('unknownOutcomes')} · ${sum('orderedReplays')} |`,
      `| **reuses while something alive could be lost** | **${sum('reusesWhileAlive')}** |`,
      `| **grants lost that could have been kept** | **${sum('grantsLostKeepable')}** |`,
    )
  }
  if (existsSync(join(root, 'test/results/crash-matrix.json'))) {
    const { counts } = read<Recorded<{ cells: number; alive: number; problems: readonly string[] }>>(
      'test/results/crash-matrix.json',
    )
    lines.push(`| crash matrix: cells · problems | ${figure2(counts.cells)} · ${counts.problems.length} |`)
  }
  lines.push(...served())
  return lines.join('\n')
}

interface BrokerFleet {
  readonly callers: number
  readonly worlds: Readonly<Record<string, BrokerWorld>>
}
type BrokerWorld = Readonly<
  Record<'calls' | 'errors' | 'exchanges' | 'reusesWhileAlive' | 'grantsLostKeepable', number> & {
    faults: readonly { readonly measured: { readonly deathToDoubt?: number; readonly deathToSpare?: number } }[]
  }
>

/** Rows for the broker's fleet and the rotation matrix, where they are recorded. */
const served = (): readonly string[] => {
  const lines: string[] = []
  if (existsSync(join(root, 'test/results/broker-fleet.json'))) {
    const { counts } = read<Recorded<BrokerFleet>>('test/results/broker-fleet.json')
    const worlds = Object.values(counts.worlds)
    const sum = (name: 'calls' | 'errors' | 'exchanges' | 'reusesWhileAlive' | 'grantsLostKeepable'): string =>
      figure2(worlds.reduce((total, world) => total + world[name], 0))
    const deaths = worlds.flatMap(({ faults }) => faults.map(({ measured }) => measured))
    const slowest = Math.max(...deaths.map(({ deathToSpare = 0 }) => deathToSpare))
    lines.push(
      `| broker, three replicas, ${counts.callers} unmodified clients: calls · told to try again | ${sum('calls')} · ${sum('errors')} |`,
      `| an owner died: a spare served after at most | ${(slowest / 1000).toFixed(1)} s |`,
      `| reuses while alive · grants lost that could have been kept | ${sum('reusesWhileAlive')} · ${sum('grantsLostKeepable')} |`,
    )
  }
  if (existsSync(join(root, 'test/results/rotation-matrix.json'))) {
    const { counts } = read<Recorded<{ readonly cells: number }>>('test/results/rotation-matrix.json')
    lines.push(
      `| rotation matrix: cells, each ended with a value that logs in or a person asked | ${figure2(counts.cells)} |`,
    )
  }
  return lines
}

const figure2 = (value: number): string => value.toLocaleString('en')

const sections: Readonly<Record<string, () => string>> = { benches, survival }

const file = join(root, 'README.md')
const before = readFileSync(file, 'utf8')
let after = before
for (const [name, make] of Object.entries(sections)) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [start, end] = [after.indexOf(open), after.indexOf(close)]
  if (start < 0 || end < start) throw new Error(`README.md has no ${open} … ${close}`)
  after = `${after.slice(0, start + open.length)}\n\n${make()}\n\n${after.slice(end)}`
}
after = await format(after, { ...(await resolveConfig(file)), filepath: file })
if (after === before) process.stderr.write('README.md is current\n')
else if (process.argv.includes('--check')) {
  process.stderr.write('README.md is older than the results: npm run figures\n')
  process.exitCode = 1
} else writeFileSync(file, after)
