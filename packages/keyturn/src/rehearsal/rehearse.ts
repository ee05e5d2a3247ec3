/**
 * A rehearsal: the program, whatever it is, against a simulated org, through every phase in every reuse mode. Phases
 * share nothing (an org and a folder of its own each), so several go on at once.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@keyturn/tokens'
import type { Environment } from '../settings.ts'
import { behaviours, worst } from './behaviours.ts'
import type { BehaviourId, Judgement, ReuseMode, Verdict } from './behaviours.ts'
import { environmentOf, fillIn, prepare } from './credentials.ts'
import { getToKnow } from './get-to-know.ts'
import type { Phase } from './phase.ts'
import { phases } from './phases.ts'
import { starter } from './program.ts'
import { proofOf } from './proof.ts'
import type { ProofLine } from './proof.ts'
import { APP, rehearsalOrg } from './simulated-org.ts'
import type { SimEvent, SimulatedOrgs, StartOrgs } from './simulated-org.ts'
import { stageOn } from './stage.ts'
import type { Profile, Stage } from './stage.ts'

interface RehearsalOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Start it in its folder instead of `cwd`. */
  readonly inFolder: boolean
  readonly env: Environment
  readonly modes: readonly ReuseMode[]
  readonly only: readonly BehaviourId[]
  readonly copies: number
  readonly longLived: boolean
  readonly https: boolean
  /** Milliseconds for one run. */
  readonly limit: number
  /** Phases at once. */
  readonly jobs: number
  readonly clock: Clock
  readonly startOrgs: StartOrgs
  readonly say: (text: string) => void
  /** Called when a signal ends the rehearsal, before the process ends. */
  readonly leave: () => void
  readonly show: ((line: string) => void) | null
}

export interface Finding {
  readonly id: BehaviourId
  readonly title: string
  readonly verdict: Verdict
  readonly modes: readonly {
    readonly mode: ReuseMode
    readonly verdict: Verdict
    readonly why: string
    readonly proof: readonly ProofLine[]
  }[]
}

export interface Rehearsal {
  readonly findings: readonly Finding[]
  /** API calls of one run, and how many of them at once; null: it could not be got to know. */
  readonly profile: Profile | null
  readonly log: readonly SimEvent[]
}

interface Judged extends Judgement {
  readonly mode: ReuseMode
  readonly lines: readonly ProofLine[]
}

const START = 'get-to-know'
const orgName = (mode: ReuseMode, phase: Phase): string => `${mode}-${phase.name}`

export const rehearse = async (options: RehearsalOptions): Promise<Rehearsal> => {
  const { modes, only, clock, say } = options
  const wanted = phases.filter(({ judges }) => judges.some((id) => only.includes(id)))
  const course = wanted.flatMap((phase) => modes.map((mode) => ({ phase, mode })))
  const names = [START, ...course.map(({ phase, mode }) => orgName(mode, phase))]
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-rehearsal-'))
  let sim: SimulatedOrgs | null = null
  const { show } = options
  const hidden = show === null ? null : (line: string) => show(withoutSecrets(line, sim?.control.secrets() ?? []))
  const programs = starter(clock, hidden)
  // Also when this process ends in the middle: a signal, or nobody who reads what is shown.
  const clear = (): void => {
    programs.killAll()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  const leave = (signal: NodeJS.Signals): void => {
    options.leave()
    process.exit(128 + constants.signals[signal])
  }
  process.once('exit', clear)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.once(signal, leave)
  try {
    const orgs = await options.startOrgs({
      seed: 'rehearsal',
      https: options.https,
      orgs: names.map((name) => ({ name })),
    })
    sim = orgs
    const open = (name: string, profile: Profile): Stage => {
      const start = prepare(orgs, name, join(folder, name))
      const command = {
        file: options.file,
        args: fillIn(options.args, start),
        cwd: options.inFolder ? start.folder : options.cwd,
        env: environmentOf(start, options.env, options.https),
      }
      const { copies, longLived, limit } = options
      const org = rehearsalOrg(orgs, name, start.grant)
      return stageOn({ org, profile, copies, longLived, limit, clock, launch: () => programs.start(command) })
    }
    say('getting to know the program')
    const known = await getToKnow(open(START, { width: 1, calls: null }), options.longLived, options.limit)
    const judged: Judged[] = []
    const { profile } = known
    if (profile !== null) {
      const todo = [...course]
      const work = async (): Promise<void> => {
        for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
          const { phase, mode } = next
          say(`${course.length - todo.length} of ${course.length}: ${phase.title} (${mode})`)
          const name = orgName(mode, phase)
          orgs.control.changeApp({ org: name, app: APP, settings: { reuse: mode } })
          const stage = open(name, profile)
          // What it does once only (making files, a first login) is done undisturbed.
          await stage.job()
          stage.begin()
          const found = await phase.run(stage)
          const log = stage.org.log()
          judged.push(...found.map((one) => ({ ...timely(one, stage), mode, lines: proofOf(log, one.proof) })))
        }
      }
      // One that fails must not leave the others at work.
      const giveUp = (error: unknown): never => {
        todo.length = 0
        programs.killAll()
        throw error
      }
      const ended = await Promise.allSettled(Array.from({ length: options.jobs }, () => work().catch(giveUp)))
      for (const one of ended) if (one.status === 'rejected') throw one.reason
    }
    const findings = behaviours
      .filter(({ id }) => only.includes(id))
      .map(({ id, title }) => findingOf({ id, title }, modes, judged, known.stranger))
    return { findings, profile, log: orgs.control.log({ after: 0 }) }
  } finally {
    programs.killAll()
    await sim?.close()
    for (const signal of signals) process.off(signal, leave)
    process.off('exit', clear)
    clear()
  }
}

const timely = (judgement: Judgement, stage: Stage): Judgement =>
  stage.overran() && (judgement.verdict === 'pass' || judgement.byAbsence === true)
    ? { ...judgement, verdict: 'inconclusive', why: 'A run did not end in time and was killed. Raise --timeout.' }
    : judgement

const findingOf = (
  behaviour: Pick<Finding, 'id' | 'title'>,
  modes: readonly ReuseMode[],
  judged: readonly Judged[],
  stranger: string | null,
): Finding => {
  const byMode = modes.map((mode) => {
    const mine = judged.filter((one) => one.behaviour === behaviour.id && one.mode === mode)
    const verdict = worst(mine.map((one) => one.verdict))
    // Where several phases judge the same thing, those speak that decide.
    const deciding = mine.filter((one) => one.verdict === verdict)
    return {
      mode,
      verdict,
      why: [...new Set(deciding.map(({ why }) => why))].join(' ') || (stranger ?? 'It was not tried.'),
      proof: deciding.flatMap(({ lines }) => lines),
    }
  })
  return { ...behaviour, verdict: worst(byMode.map(({ verdict }) => verdict)), modes: byMode }
}

const withoutSecrets = (line: string, secrets: readonly string[]): string =>
  secrets.reduce((text, secret) => (secret.length < 6 ? text : text.replaceAll(secret, '[secret]')), line)
