/**
 * Works on a credential's run until there is nothing more to do now: it ended, waits for a person or a moment, or was
 * halted. Each step is written down before it begins and after it ended; a process that finds one begun and not ended
 * runs it again as `resumed`.
 */
import { isDeepStrictEqual } from 'node:util'
import { KeyturnError } from '@keyturn/tokens'
import type { CredentialDoc, Problem, Run, Version } from '../credential.ts'
import { secretName, versionOf } from '../credential.ts'
import type { Kept, Rotator, RotationStep, StepContext, StepOutcome } from '../rotator.ts'
import type { Held } from './keeper.ts'
import type { SwitchName } from '../../org/switches.ts'
import { closeSwitches, openSwitches, wentOff } from './run-switches.ts'
import type { SwitchEntry } from './run-switches.ts'
import * as transition from './transition.ts'
import type { Settled, StepShape } from './transition.ts'
import type { Work } from './work.ts'

export const shapesOf = (rotator: Rotator): readonly StepShape[] =>
  rotator.steps.map(({ name, reaches, undo }) => ({
    name,
    reaches,
    undo: typeof undo === 'function' ? 'possible' : undo,
  }))

const lost = (name: string): KeyturnError =>
  new KeyturnError('CLAIM_LOST', `Another process goes on with the rotation of ${name}`)

/** A failure that says of itself that it may go away, or that nobody foresaw at the network. */
const mayGoAway = (error: unknown): boolean => error instanceof KeyturnError && error.retry !== 'never'

/** A step that waits no longer than this for the org keeps its switches on, ms. */
const moment = 10_000

const needsOf = async ({ needs = [] }: RotationStep, context: StepContext): Promise<readonly SwitchName[]> =>
  typeof needs === 'function' ? needs(context) : needs

const problemOf = (error: KeyturnError): Problem => ({ code: error.code, text: error.message, next: error.fix })

export const execute = async (work: Work, from: Held): Promise<Held> => {
  const { rotator, keeper, lease, clock } = work
  const steps = shapesOf(rotator)
  const name = from.doc.name
  let held = from

  const write = async (settled: Settled | CredentialDoc, kind: string, data: EntryData = {}): Promise<void> => {
    if (!lease.held()) throw lost(name)
    const { doc, forget, ended } = 'doc' in settled ? settled : { doc: settled, forget: [], ended: null }
    const run = ended ?? doc.run
    const entry = { kind, data: { run: run?.id ?? null, version: run?.to ?? null, ...data } }
    held = await keeper.write(held, { doc, forget, ended, entry })
  }
  const quietly = async (doc: CredentialDoc): Promise<void> => {
    if (!lease.held()) throw lost(name)
    held = await keeper.write(held, { doc })
  }

  const switched = async (doc: CredentialDoc, { kind, ...data }: SwitchEntry): Promise<void> => write(doc, kind, data)
  /** The last thing of a run is that what was opened for it is closed. */
  const closing = async (settle: () => Settled): Promise<Settled> => {
    const settled = settle()
    if (settled.ended === null) return settled
    await closeSwitches(work, () => held.doc, switched)
    return settle()
  }

  const keep = async (kept: Kept): Promise<void> => {
    if (!lease.held()) throw lost(name)
    const doc = transition.kept(held.doc, kept, clock.wall())
    const run = doc.run
    const secrets = Object.fromEntries(
      Object.entries(kept.secrets ?? {}).map(([field, secret]) => [secretName(run?.to ?? 0, field), secret]),
    )
    const names = Object.keys(kept.secrets ?? {})
    const entry =
      names.length > 0
        ? { kind: 'credential-stored', data: entryData(run, { fields: names.toSorted().join(' ') }) }
        : undefined
    held = await keeper.write(held, { doc, secrets, ...(entry === undefined ? {} : { entry }) })
  }

  const contextOf = (run: Run, resumed: boolean): StepContext => ({
    name,
    settings: work.settings,
    common: work.common,
    runId: run.id,
    ledgerFrom: run.ledgerFrom,
    from: versionOf(held.doc, run.from),
    get to(): Version {
      const version = versionOf(held.doc, run.to)
      if (version === null) throw new KeyturnError('DEFECT', 'a run has no version to make')
      return version
    },
    secret: (version, field) => keeper.secret(name, version, field),
    keep,
    get data() {
      return held.doc.run?.data ?? {}
    },
    resumed,
    since: run.begun?.at ?? clock.wall(),
    startedAt: run.startedAt,
    attended: work.attended,
    answers: work.answers,
    keyturn: work.keyturn,
    clock,
    random: work.random,
    ports: work.ports,
    tell: (text) => work.tell({ is: 'line', text }),
  })

  const failed = async (problem: Problem, unchanged = false): Promise<void> => {
    const { run } = held.doc
    if (run === null) return
    work.tell({ is: 'problem', problem })
    if (transition.canGoBack(run, steps, unchanged)) {
      const turned = await closing(() => transition.turnedBack(held.doc, steps, problem, clock.wall(), unchanged))
      const step = run.begun?.step ?? null
      return write(turned, 'rotation-failed', { step, code: problem.code, now: 'roll back' })
    }
    await halt(problem)
  }
  const halt = async (problem: Problem, unchanged = false): Promise<void> => {
    const step = held.doc.run?.begun?.step ?? null
    // First closed, then halted: nobody goes on with a halted run, so what it left open would stay so.
    const left = await leftOpen()
    const both =
      left === null
        ? problem
        : { ...problem, text: `${problem.text}; and ${left.text}`, next: `${problem.next} ${left.next}` }
    await write(transition.halted(held.doc, both, unchanged), 'rotation-halted', { step, code: problem.code })
  }
  /** Null: nothing is open. What the org refuses to switch off is a person's to switch off. */
  const leftOpen = async (): Promise<Problem | null> => {
    try {
      await closeSwitches(work, () => held.doc, switched)
      return null
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code !== 'ORG_REFUSED') throw error
      return problemOf(error)
    }
  }

  const settle = async (step: RotationStep, outcome: StepOutcome): Promise<void> => {
    const { run } = held.doc
    if (run === null) return
    const at = clock.wall()
    switch (outcome.is) {
      case 'done': {
        const last = await closing(() => transition.done(held.doc, steps, at, outcome.note, outcome.facts))
        const back = run.direction === 'back'
        await write(last, last.ended === null ? 'rotation-step' : `rotation-${last.ended.state}`, {
          step: step.name,
          did: outcome.note,
          ...(back ? { direction: 'back' } : {}),
        })
        return work.tell({ is: 'done', step: step.name, note: outcome.note, back })
      }
      case 'later':
        return quietly(transition.later(held.doc, at + outcome.after, outcome.why))
      case 'person': {
        await closeSwitches(work, () => held.doc, switched)
        const until = outcome.recheck === undefined ? null : at + outcome.recheck
        const asks = transition.asksPerson(held.doc, outcome.task, until)
        // Looked again, and it is still to be done: nothing new.
        if (isDeepStrictEqual(run.person, outcome.task)) return quietly(asks)
        return write(asks, 'rotation-waiting-for-person', {
          step: step.name,
          what: outcome.task.what,
        })
      }
      case 'failed':
        return failed(outcome.problem, outcome.unchanged)
      case 'halt':
        work.tell({ is: 'problem', problem: outcome.problem })
        return halt(outcome.problem, outcome.unchanged)
      default:
        return outcome satisfies never
    }
  }

  const attempt = async (step: RotationStep, back: boolean, resumed: boolean): Promise<void> => {
    const shape = steps.find((one) => one.name === step.name)
    if (shape === undefined) throw new KeyturnError('DEFECT', `there is no step ${step.name}`)
    if (!resumed) work.tell({ is: 'step', step: step.name, does: step.does, back })
    const before = transition.begun(held.doc, shape, clock.wall())
    await (resumed
      ? quietly(before)
      : write(before, 'rotation-step-begun', { step: step.name, ...(back ? { direction: 'back' } : {}) }))
    const { run } = held.doc
    if (run === null) return
    const context = contextOf(run, resumed)
    let needs: readonly SwitchName[] = []
    try {
      needs = await needsOf(step, context)
      const task = await openSwitches(work, needs, () => held.doc, switched)
      if (task !== null) return await settle(step, { is: 'person', task })
      const outcome = back
        ? typeof step.undo === 'function'
          ? await step.undo(context)
          : ({ is: 'done', note: 'nothing to take back' } as const)
        : await step.run(context)
      await settle(step, outcome)
    } catch (error) {
      if (!(error instanceof KeyturnError) || error.code === 'CLAIM_LOST' || error.code === 'STORE_UNAVAILABLE')
        throw error
      const problem = problemOf(error)
      if (!mayGoAway(error) && !(await wentOff(work, needs, held.doc))) return failed(problem)
      work.tell({ is: 'problem', problem })
      if ((held.doc.run?.begun?.tries ?? 0) >= transition.tries) return failed(problem)
      return quietly(transition.tryAgain(held.doc, problem, clock.wall()))
    }
  }

  /** A switch stays on no longer than steps in a row need it, and one of them waits a moment: never over a drain. */
  const closeUnneeded = async (): Promise<void> => {
    const { run } = held.doc
    if (run === null || !run.switches.some(({ closedAt }) => closedAt === null)) return
    const next = transition.nextOf(run, steps, clock.wall())
    const goesOn = next.is === 'step' || (next.is === 'wait' && next.until - clock.wall() <= moment)
    const step = goesOn ? rotator.steps[run.step] : undefined
    if (step !== undefined && (await needsOf(step, contextOf(run, true))).length > 0) return
    const problem = await leftOpen()
    if (problem !== null && run.state !== 'halted')
      await write(transition.halted(held.doc, problem), 'rotation-halted', { step: null, code: problem.code })
  }

  const abandoned = async (run: Run, who: string): Promise<void> => {
    const left = await leftOpen()
    if (left !== null) work.tell({ is: 'problem', problem: left })
    await rotator.letGo?.(contextOf(run, true))
    await write(transition.abandoned(held.doc, clock.wall()), 'rotation-abandoned', { who })
  }

  const cancelled = async (run: Run): Promise<boolean> => {
    if (run.cancel?.abandon === true) {
      await abandoned(run, run.cancel.who)
      return true
    }
    if (run.cancel === null || run.direction === 'back' || !transition.canGoBack(run, steps)) return false
    const problem = { code: 'CANCELLED', text: `${run.cancel.who} cancelled it`, next: 'Start it again when you like.' }
    const settled = await closing(() => transition.turnedBack(held.doc, steps, problem, clock.wall()))
    await write(settled, 'rotation-cancelled', { who: run.cancel.who })
    return true
  }

  // A process that died before it could left this to us.
  await closeUnneeded()
  for (;;) {
    const { run } = held.doc
    if (run === null || work.signal?.aborted === true) return held
    if (await cancelled(run)) continue
    const next = transition.nextOf(run, steps, clock.wall())
    if (next.is !== 'step') {
      if (next.is === 'wait') work.tell({ is: 'wait', until: next.until, why: next.why })
      return held
    }
    const step = rotator.steps.find((one) => one.name === next.step.name)
    if (step === undefined) throw new KeyturnError('DEFECT', `there is no step ${next.step.name}`)
    await attempt(step, next.back, next.resumed)
    await closeUnneeded()
  }
}

type EntryData = Readonly<Record<string, string | number | null>>

const entryData = (run: Run | null, data: EntryData): EntryData => ({
  run: run?.id ?? null,
  version: run?.to ?? null,
  ...data,
})
