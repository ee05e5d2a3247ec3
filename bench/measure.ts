/**
 * How the benches count: every contender in the same run, in turns, several rounds, the median told with the spread.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

export interface Figures {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const figures = (samples: readonly number[]): Figures => {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  return { median: round(middle), min: round(sorted[0] ?? Number.NaN), max: round(sorted.at(-1) ?? Number.NaN) }
}

const round = (value: number): number => Number(value.toPrecision(4))

/** Runs every contender once a round, in turns, so that a slow minute of the machine hits all of them. */
export const inTurns = async (
  rounds: number,
  contenders: Readonly<Record<string, () => Promise<number>>>,
): Promise<Readonly<Record<string, Figures>>> => {
  const samples: Record<string, number[]> = {}
  for (let n = 0; n < rounds; n++) {
    for (const [name, measure] of Object.entries(contenders)) (samples[name] ??= []).push(await measure())
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, figures(values)]))
}

export interface Goal {
  readonly what: string
  readonly wanted: string
  readonly found: string
  readonly met: boolean
}

/** Writes `bench/results/NAME.json` and prints what it says. */
export const report = (
  name: string,
  unit: string,
  results: Readonly<Record<string, Figures>>,
  goals: readonly Goal[],
): void => {
  const record = {
    commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    unit,
    results,
    goals,
  }
  const folder = join(import.meta.dirname, 'results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`)
  for (const [contender, { median, min, max }] of Object.entries(results)) {
    process.stdout.write(`  ${contender.padEnd(44)} ${String(median).padStart(12)} ${unit}   (${min} … ${max})\n`)
  }
  for (const { what, wanted, found, met } of goals)
    process.stdout.write(`  ${met ? 'met    ' : 'NOT MET'} ${what}: wanted ${wanted}, found ${found}\n`)
}

/** Fewer rounds for a first look: BENCH_ROUNDS=1 BENCH_SECONDS=0.5 node bench/NAME.bench.ts */
export const roundsOf = (usual: number): number => Number(process.env['BENCH_ROUNDS'] ?? usual)
export const secondsOf = (usual: number): number => Number(process.env['BENCH_SECONDS'] ?? usual)
