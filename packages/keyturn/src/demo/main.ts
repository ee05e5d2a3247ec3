/**
 * `keyturn demo`: the main job under the worst conditions, by clients nobody here wrote, on the embedded defaults.
 *
 * Lanes (a client on one side) run at the same time; each scenario is told when all clients have been through it, in
 * order. The table at the end goes to stdout, the story to stderr.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { paintFor } from '../output/colour.ts'
import { killAllChildren } from './children.ts'
import { installedClients } from './clients.ts'
import type { ClientPackage } from './clients.ts'
import type { Seen } from './counts.ts'
import { openLane, PROCESSES } from './lane.ts'
import type { Lane } from './lane.ts'
import type { Side } from './messages.ts'
import { legacyDay } from './legacy/day.ts'
import type { LegacyEntry } from './legacy/day.ts'
import { programNames } from './legacy/program.ts'
import { posturePart } from './posture/posture.ts'
import type { Posture } from './posture/posture.ts'
import { rotationPart } from './rotation/rotations.ts'
import type { Rotations } from './rotation/rotations.ts'
import { loadSimulator } from '../sim/load-simulator.ts'
import { reportEnd, reportTable } from './report.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'
import { storyOn, widthOf } from './story.ts'
import { resultOf } from './verdict.ts'
import type { DemoResult, Entry } from './verdict.ts'

interface Course {
  readonly client: ClientPackage
  readonly side: Side
  readonly scenarios: readonly Scenario[]
}

/** On its own @salesforce/core waits for its lock in steps of a second: its scenarios are shared out, to run at once. */
const SHARES = 4

/** The slow ones first: they wait while the others start. */
const coursesOf = (clients: readonly ClientPackage[]): readonly Course[] =>
  clients
    .flatMap((client) => (['without', 'with'] as const).map((side) => ({ client, side })))
    .flatMap(({ client, side }) => {
      const shares = client.name === '@salesforce/core' && side === 'without' ? SHARES : 1
      return Array.from({ length: shares }, (_, share) => ({
        client,
        side,
        scenarios: scenarios.filter((_scenario, index) => index % shares === share),
      }))
    })
    .sort((a, b) => a.scenarios.length - b.scenarios.length)

export const runDemo = async ({ json }: { readonly json: boolean }): Promise<DemoResult> => {
  const began = performance.now()
  const seconds = (): number => (performance.now() - began) / 1000
  const clients = installedClients()
  await loadSimulator()
  const courses = coursesOf(clients)
  const story = storyOn(process.stderr, paintFor(process.stderr, process.env), json && !process.stderr.isTTY)
  story.begin(clients, courses.length * PROCESSES)

  const seen = new Map<string, Seen>()
  const keyOf = (scenario: Scenario, client: ClientPackage, side: Side): string =>
    `${scenario.org} ${client.name} ${side}`
  const entriesOf = (scenario: Scenario): readonly Entry[] =>
    clients.flatMap((client) => {
      const [through, alone] = [seen.get(keyOf(scenario, client, 'with')), seen.get(keyOf(scenario, client, 'without'))]
      return through === undefined || alone === undefined
        ? []
        : [{ scenario, client: client.name, with: through, without: alone }]
    })
  let told = 0
  const tellWhatIsComplete = (): void => {
    for (let scenario = scenarios[told]; scenario !== undefined; scenario = scenarios[told]) {
      const entries = entriesOf(scenario)
      if (entries.length < clients.length) return
      story.tell(++told, scenario, entries)
    }
  }

  let folder = ''
  const lanes: Lane[] = []
  const leave = (signal: NodeJS.Signals): void => {
    killAllChildren()
    story.end()
    if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    process.exit(128 + constants.signals[signal])
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, leave)
  // Not before: whoever sees the folder may send a signal, and then it must go.
  folder = mkdtempSync(join(tmpdir(), 'keyturn-demo-'))
  let legacy: readonly LegacyEntry[] = []
  const legacyPart = legacyDay(join(folder, 'legacy')).then((entries) => {
    legacy = entries
  })
  let rotations: Rotations | null = null
  const rotationsPart = rotationPart(join(folder, 'rotation')).then((shown) => {
    rotations = shown
  })
  let posture: Posture | null = null
  const audits = posturePart(join(folder, 'posture')).then((shown) => {
    posture = shown
  })
  let started = 0
  const say = (): void =>
    story.status(
      started < courses.length * PROCESSES
        ? `starting processes: ${started} of ${courses.length * PROCESSES} …`
        : `${seen.size} of ${scenarios.length * clients.length * 2} runs done, ${seconds().toFixed(0)} s …`,
    )
  const ticking = setInterval(say, 500)
  try {
    await Promise.all([
      legacyPart,
      rotationsPart,
      audits,
      ...courses.map(async (course, index) => {
        const lane = await openLane({
          ...course,
          folder: join(folder, String(index)),
          started: () => void started++,
        })
        lanes.push(lane)
        for (const scenario of course.scenarios) {
          seen.set(keyOf(scenario, course.client, course.side), await lane.play(scenario))
          tellWhatIsComplete()
        }
        await lane.close()
        lanes.splice(lanes.indexOf(lane), 1)
      }),
    ])
    story.tellLegacy(told + 1, legacy)
    if (rotations !== null) story.tellRotations(told + 2, rotations)
    if (posture !== null) story.tellPosture(told + 3, posture)
  } finally {
    clearInterval(ticking)
    killAllChildren()
    await Promise.allSettled([legacyPart, rotationsPart, audits, ...lanes.map((lane) => lane.close())])
    for (const signal of signals) process.off(signal, leave)
    story.end()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }

  const entries = scenarios.flatMap(entriesOf)
  const expected = { entries: scenarios.length * clients.length, legacy: programNames.length }
  const result = resultOf(entries, legacy, { rotations, posture }, expected)
  const all = [...entries, ...legacy]
  const target = json ? process.stderr : process.stdout
  const paint = paintFor(target, process.env)
  if (!json) process.stdout.write(`${reportTable(all, paint)}\n\n`)
  if (!json || !result.ok)
    target.write(`${reportEnd(result, { entries: all, rotations, posture }, seconds(), widthOf(target), paint)}\n`)
  return result
}
