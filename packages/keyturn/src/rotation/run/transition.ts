/**
 * A run as a pure function: what is next, and what a credential is after each thing that can happen. No clock, no store,
 * no platform; `execute.ts` does what this says and writes down what this returns.
 */
import type { Json } from '@keyturn/tokens'
import type {
  CredentialDoc,
  PersonTask,
  Problem,
  Run,
  RunState,
  StepDone,
  Version,
  VersionState,
} from '../credential.ts'
import { isGone, isOver, secretName, versionOf } from '../credential.ts'
import type { Kept } from '../rotator.ts'

/** A rotator's steps as far as the order of things is concerned. */
export interface StepShape {
  readonly name: string
  readonly reaches: VersionState | null
  readonly undo: 'nothing' | 'impossible' | 'possible'
}

/** What is to be done now. */
export type Next =
  | { readonly is: 'step'; readonly step: StepShape; readonly back: boolean; readonly resumed: boolean }
  | { readonly is: 'wait'; readonly until: number; readonly why: string }
  | { readonly is: 'person'; readonly task: PersonTask }
  | { readonly is: 'halted'; readonly problem: Problem }
  | { readonly is: 'over' }

export const tries = 6
const firstPause = 2_000
const longestPause = 300_000

/** Pause before the next try, ms: doubled each time, and bounded. */
export const pauseAfter = (tried: number): number => Math.min(longestPause, firstPause * 2 ** Math.max(0, tried - 1))

export const nextOf = (run: Run, steps: readonly StepShape[], now: number): Next => {
  if (isOver(run)) return { is: 'over' }
  if (run.state === 'halted') return { is: 'halted', problem: run.problem ?? unknownProblem }
  const looksAgain = run.waitUntil !== null && now >= run.waitUntil
  if (run.state === 'waiting-for-person' && run.person !== null && !looksAgain)
    return { is: 'person', task: run.person }
  if (run.waitUntil !== null && now < run.waitUntil)
    return { is: 'wait', until: run.waitUntil, why: run.waitsFor ?? '' }
  const step = steps[run.step]
  if (step === undefined) return { is: 'over' }
  return { is: 'step', step, back: run.direction === 'back', resumed: (run.begun?.tries ?? 0) > 0 }
}

const unknownProblem: Problem = { code: 'ROTATION_HALTED', text: 'The run was halted.', next: 'Resume or cancel it.' }

const withRun = (doc: CredentialDoc, change: Partial<Run>): CredentialDoc =>
  doc.run === null ? doc : { ...doc, run: { ...doc.run, ...change } }

const withVersion = (doc: CredentialDoc, n: number | null, change: Partial<Version>): CredentialDoc => ({
  ...doc,
  versions: doc.versions.map((one) => (one.n === n ? { ...one, ...change } : one)),
})

export interface NewRun {
  readonly id: string
  readonly why: string
  readonly who: string
  readonly at: number
  readonly ledgerFrom: number
}

export const planned = (doc: CredentialDoc, { id, why, who, at, ledgerFrom }: NewRun): CredentialDoc => {
  const from = doc.versions.findLast(({ state }) => state === 'active')?.n ?? null
  const to = (doc.versions.at(-1)?.n ?? 0) + 1
  const fresh: Version = {
    n: to,
    state: 'planned',
    at,
    createdAt: at,
    activeAt: null,
    verifiedAt: null,
    data: {},
    fields: [],
  }
  const run: Run = {
    id,
    why,
    who,
    startedAt: at,
    ledgerFrom,
    from,
    to,
    state: 'planned',
    reached: 'planned',
    direction: 'forward',
    step: 0,
    begun: null,
    waitUntil: null,
    waitsFor: null,
    person: null,
    problem: null,
    cancel: null,
    done: [],
    data: {},
    exposed: [],
    switches: [],
    finishedAt: null,
  }
  return { ...doc, versions: [...doc.versions, fresh], run }
}

/** Journalled before any effect. */
export const begun = (doc: CredentialDoc, step: StepShape, at: number): CredentialDoc => {
  const { run } = doc
  if (run === null) return doc
  const tried = run.begun === null ? 0 : run.begun.tries
  const from = run.begun === null ? at : run.begun.at
  return withRun(doc, {
    begun: { step: step.name, at: from, tries: tried + 1, lastTryAt: at },
    waitUntil: null,
    waitsFor: null,
    state: runningState(run, step),
  })
}

const runningState = (run: Run, step: StepShape): RunState => {
  if (run.direction === 'back') return 'rolling-back'
  return step.reaches === 'draining' ? 'draining' : shown(run.reached)
}

/** Version states and run states share their names. */
const shown = (reached: VersionState): RunState => reached

export const kept = (
  doc: CredentialDoc,
  { data, version, secrets, exposed, active, verified }: Kept,
  at: number,
): CredentialDoc => {
  const { run } = doc
  if (run === null) return doc
  const open = run.exposed.filter(({ to }) => to === null).length > 0
  const spans =
    exposed === undefined || (exposed === null) === !open
      ? run.exposed
      : exposed === null
        ? run.exposed.map((one) => (one.to === null ? { ...one, to: at } : one))
        : [...run.exposed, { what: exposed, from: at, to: null }]
  const old = versionOf(doc, run.to)
  return withVersion(
    withRun(doc, { data: { ...run.data, ...data }, exposed: spans }),
    run.to,
    old === null
      ? {}
      : {
          data: { ...old.data, ...version },
          fields: [...new Set([...old.fields, ...Object.keys(secrets ?? {})])],
          ...(active === true && old.activeAt === null ? { activeAt: at } : {}),
          ...(verified === true ? { verifiedAt: at } : {}),
        },
  )
}

export interface Settled {
  readonly doc: CredentialDoc
  /** Names of secrets that nobody needs any more. */
  readonly forget: readonly string[]
  /** The run ended, with this record. */
  readonly ended: Run | null
}

const going = (doc: CredentialDoc): Settled => ({ doc, forget: [], ended: null })

const note = (run: Run, at: number, text: string, facts: Readonly<Record<string, Json>> = {}): StepDone => ({
  step: run.begun?.step ?? '',
  back: run.direction === 'back',
  from: run.begun?.at ?? at,
  to: at,
  tries: run.begun?.tries ?? 0,
  note: text,
  facts,
})

/** The step did what it is for. */
export const done = (
  doc: CredentialDoc,
  steps: readonly StepShape[],
  at: number,
  text: string,
  facts?: Readonly<Record<string, Json>>,
): Settled => {
  const { run } = doc
  if (run === null) return going(doc)
  const after = withRun(doc, {
    done: [...run.done, note(run, at, text, facts)],
    begun: null,
    person: null,
    // On the way back it is the reason.
    problem: run.direction === 'back' ? run.problem : null,
  })
  return run.direction === 'back' ? backFrom(after, steps, at) : forwardFrom(after, steps, at)
}

const forwardFrom = (doc: CredentialDoc, steps: readonly StepShape[], at: number): Settled => {
  const { run } = doc
  if (run === null) return going(doc)
  const step = steps[run.step]
  const reached = step?.reaches ?? run.reached
  const moved = withVersion(doc, run.to, reached === run.reached ? {} : { state: versionShown(reached), at })
  const next = withRun(moved, { step: run.step + 1, reached, state: shown(reached) })
  if (run.step + 1 < steps.length) return going(reached === 'active' ? drainingFrom(next, run, at) : next)
  return end(withVersion(next, run.to, { state: 'active', at }), 'retired', at)
}

/** While the old one drains and after it is gone, the new one is the active one. */
const versionShown = (reached: VersionState): VersionState =>
  reached === 'draining' || reached === 'retired' ? 'active' : reached

const drainingFrom = (doc: CredentialDoc, run: Run, at: number): CredentialDoc =>
  withVersion(doc, run.from, { state: 'draining', at })

/** The nearest step before this one that has something to take back. */
const backFrom = (doc: CredentialDoc, steps: readonly StepShape[], at: number): Settled => {
  const { run } = doc
  if (run === null) return going(doc)
  const before = steps.slice(0, run.step).findLastIndex(({ undo }) => undo === 'possible')
  if (before >= 0) return going(withRun(doc, { step: before, state: 'rolling-back' }))
  const restored = withVersion(doc, run.from, { state: 'active', at })
  return end(withVersion(restored, run.to, { state: 'rolled-back', at }), 'rolled-back', at)
}

const end = (doc: CredentialDoc, state: 'retired' | 'rolled-back' | 'abandoned', at: number): Settled => {
  const { run } = doc
  if (run === null) return going(doc)
  // The one before, and what an abandoned run left beside it.
  const superseded = (one: Version): boolean => state === 'retired' && one.n !== run.to && !isGone(one)
  const versions = doc.versions.map((one) => (superseded(one) ? { ...one, state: 'retired' as const, at } : one))
  const ended: Run = {
    ...run,
    state,
    reached: state === 'abandoned' ? run.reached : state,
    begun: null,
    waitUntil: null,
    waitsFor: null,
    person: null,
    // Of an abandoned run nobody knows when it ended, or whether.
    exposed:
      state === 'abandoned' ? run.exposed : run.exposed.map((one) => (one.to === null ? { ...one, to: at } : one)),
    finishedAt: at,
  }
  return {
    doc: {
      ...doc,
      // What a version was stays known for a while; its secrets don't.
      versions: versions.slice(-20),
      run: null,
      runs: [run.id, ...doc.runs].slice(0, 50),
      lastTurnedAt: state === 'retired' ? at : doc.lastTurnedAt,
    },
    forget: versions.filter(isGone).flatMap(({ n, fields }) => fields.map((field) => secretName(n, field))),
    ended,
  }
}

/**
 * Ended as it is. Whether the old or the new version works is not known, so both are kept, until a later run proved
 * another one: the new one as the one in use where the platform took it, else the old one.
 */
export const abandoned = (doc: CredentialDoc, at: number): Settled => {
  const { run } = doc
  if (run === null) return going(doc)
  const taken = run.from === null || versionOf(doc, run.to)?.activeAt != null
  const [inUse, beside] = taken ? [run.to, run.from] : [run.from, run.to]
  return end(
    withVersion(withVersion(doc, inUse, { state: 'active', at }), beside, { state: 'draining', at }),
    'abandoned',
    at,
  )
}

/** Whether everything that was done, or may have been, can be taken back. */
export const canGoBack = (run: Run, steps: readonly StepShape[], unchanged = false): boolean =>
  !isOver(run) &&
  run.direction === 'forward' &&
  !steps.slice(0, run.step + (run.begun === null || unchanged ? 0 : 1)).some(({ undo }) => undo === 'impossible')

/** Turns round. A step that was begun may have had its effect, so it is the first to be taken back. */
export const turnedBack = (
  doc: CredentialDoc,
  steps: readonly StepShape[],
  problem: Problem,
  at: number,
  unchanged = false,
): Settled => {
  const { run } = doc
  if (run === null) return going(doc)
  const text = `${problem.text} (${problem.code})`
  const failed = run.begun === null ? run.done : [...run.done, note(run, at, `did not work: ${text}`)]
  const turned = withRun(doc, {
    direction: 'back',
    state: 'rolling-back',
    begun: null,
    person: null,
    waitUntil: null,
    waitsFor: null,
    problem,
    done: failed,
    step: run.step + (run.begun === null || unchanged ? 0 : 1),
  })
  const settled = backFrom(turned, steps, at)
  return settled
}

/** `unchanged`: the step certainly had no effect, so it counts as not begun. */
export const halted = (doc: CredentialDoc, problem: Problem, unchanged = false): CredentialDoc =>
  withRun(doc, {
    state: 'halted',
    problem,
    waitUntil: null,
    waitsFor: null,
    ...(unchanged ? { begun: null } : {}),
  })

/** A person says: go on where it stopped, or look now at what it waits for. */
export const resumed = (doc: CredentialDoc): CredentialDoc => {
  const { run } = doc
  if (run === null) return doc
  const stopped = run.state === 'halted' || run.state === 'waiting-for-person'
  if (!stopped && run.waitUntil === null) return doc
  return withRun(doc, {
    state: !stopped ? run.state : run.direction === 'back' ? 'rolling-back' : shown(run.reached),
    problem: null,
    person: null,
    waitUntil: null,
    waitsFor: null,
    // Who goes on doesn't want it ended as it is any more.
    cancel: run.cancel?.abandon === true ? null : run.cancel,
    ...(run.begun === null ? {} : { begun: { ...run.begun, tries: 1 } }),
  })
}

/** A person wants it back, or ended as it is; then why it was stuck stays known. */
export const askedToEnd = (doc: CredentialDoc, cancel: NonNullable<Run['cancel']>): CredentialDoc =>
  withRun(cancel.abandon === true ? doc : resumed(doc), { cancel, waitUntil: null })

/** Nothing went wrong: there is only nothing to do yet. Tries are counted anew. */
export const later = (doc: CredentialDoc, until: number, why: string): CredentialDoc => {
  const { run } = doc
  return run === null || run.begun === null
    ? doc
    : withRun(doc, { waitUntil: until, waitsFor: why, begun: { ...run.begun, tries: 1 } })
}

/** A try failed in a way that may go away. */
export const tryAgain = (doc: CredentialDoc, problem: Problem, at: number): CredentialDoc => {
  const { run } = doc
  return run === null
    ? doc
    : withRun(doc, { problem, waitUntil: at + pauseAfter(run.begun?.tries ?? 1), waitsFor: problem.text })
}

export const asksPerson = (doc: CredentialDoc, task: PersonTask, until: number | null): CredentialDoc =>
  withRun(doc, { state: 'waiting-for-person', person: task, waitUntil: until, waitsFor: null, ...triedOnce(doc) })

/** Waiting is no failure: tries are counted anew. */
const triedOnce = ({ run }: CredentialDoc): Partial<Run> =>
  run?.begun == null ? {} : { begun: { ...run.begun, tries: 1 } }
