/**
 * Every kind of credential × every step × everything that can go wrong there. A kind brings a world and a judge; what
 * goes wrong is made here, the same for all: a process that dies, an answer that is lost, a refusal, an outage.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { FaultSpec } from '@keyturn/simulator'
import { verifyEntries } from '@keyturn/tokens/ledger'
import type { Rotation } from '../../../src/rotation/rotation.ts'
import type { Run } from '../../../src/rotation/credential.ts'
import { Killed, toTheEnd } from '../scene.ts'
import type { ProcessOptions, Scene } from '../scene.ts'

export interface MatrixWorld {
  readonly place: Scene
  readonly name: string
  open(options?: ProcessOptions): Rotation
  /** After the run ended or got stuck: some version logs in, or the run says truthfully that only a person can go on. */
  judge(run: Run, what: string): Promise<'new works' | 'old works' | 'a person is needed'>
  /** What a person does who is asked; false: nobody can do more here. */
  person?(rotation: Rotation, run: Run): Promise<boolean>
}

export interface MatrixKind {
  readonly kind: string
  /** Settings of the simulator that matter for this kind, by a name for the table. */
  readonly switches: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  build(t: TestContext, settings: Readonly<Record<string, unknown>>): Promise<MatrixWorld>
  /** Further things that go wrong with this kind: mail, destinations. Made when the step begins. */
  readonly more?: Readonly<Record<string, (world: MatrixWorld, step: string) => void>>
  /** Why a cell can't be: a sentence for the table. */
  empty(trouble: string, step: string): string | null
}

/** By the simulator's faults on the next such request of the step. */
const troubles = {
  'answer lost': { match: { endpoint: 'data' }, action: { drop: 'after' } },
  'request lost': { match: { endpoint: 'data' }, action: { drop: 'before' } },
  refused: {
    match: { endpoint: 'data' },
    action: { status: 403, when: 'before', body: '[{"errorCode":"INSUFFICIENT_ACCESS","message":"not now"}]' },
  },
  outage: { action: { status: 503, when: 'before', html: true } },
  slow: { action: { delayAfterMs: 150 } },
  'metadata answer lost': { match: { endpoint: 'metadata' }, action: { drop: 'after' } },
  'metadata refused': { match: { endpoint: 'metadata' }, action: { status: 403, when: 'before', html: true } },
  'login answer lost': { match: { endpoint: 'token' }, action: { drop: 'after' } },
} as const satisfies Readonly<Record<string, FaultSpec>>

export const deaths = ['killed before', 'killed after'] as const
export const troubleNames = (kind: MatrixKind): readonly string[] => [
  ...deaths,
  ...Object.keys(troubles),
  ...Object.keys(kind.more ?? {}),
]

export interface Cell {
  readonly kind: string
  readonly switches: string
  readonly step: string
  readonly trouble: string
  readonly outcome: string
}

const stepOf = (data: Readonly<Record<string, unknown>>): string => String(data['step'] ?? '')

/** One cell: a fresh world, one thing that goes wrong once, and the way to the end. */
export const runCell = async (
  t: TestContext,
  kind: MatrixKind,
  switches: string,
  step: string,
  trouble: string,
): Promise<Cell> => {
  const cell = { kind: kind.kind, switches, step, trouble }
  const reason = kind.empty(trouble, step)
  if (reason !== null) return { ...cell, outcome: `empty: ${reason}` }
  const what = `${kind.kind} (${switches}), ${step}: ${trouble}`
  const world = await kind.build(t, kind.switches[switches] ?? {})
  const { control } = world.place.sim
  const fault = troubles[trouble as keyof typeof troubles]
  let made = 0
  let hit = 0
  const watch: NonNullable<ProcessOptions['watch']> = (entry, when) => {
    if (made > 0 && entry.kind === 'rotation-step' && when === 'before' && fault !== undefined) {
      hit = 1 - control.faults().length
      control.removeFaults()
    }
    if (made > 0 || stepOf(entry.data) !== step) return
    const begins = entry.kind === 'rotation-step-begun' && when === 'after'
    const ends = /^rotation-(step|retired)$/.test(entry.kind) && when === 'before'
    if ((trouble === 'killed before' && begins) || (trouble === 'killed after' && ends)) {
      made += 1
      throw new Killed()
    }
    if (!begins || trouble.startsWith('killed')) return
    made += 1
    if (fault === undefined) kind.more?.[trouble]?.(world, step)
    else control.addFault(fault)
  }
  const open = (): Rotation => world.open({ watch })
  await open().start(world.name, { why: what, who: 'matrix', attended: true })
  let run: Run | null = null
  for (let round = 0; run === null; round++) {
    assert(round < 12, `${what}: goes round in circles`)
    try {
      run = await toTheEnd(world.place, world.name, open, undefined, true)
    } catch (error) {
      assert(
        error instanceof Killed,
        `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
      world.place.advance(31_000)
      const doc = await open().state(world.name)
      if (doc?.run == null) run = (await open().run(doc?.runs[0] ?? ''))?.run ?? null
    }
    if (run?.state === 'waiting-for-person' && round < 6 && (await world.person?.(open(), run)) === true) run = null
  }
  control.removeFaults()
  const how = run.state === 'halted' ? 'halted and resumed, ' : ''
  if (run.state === 'halted') {
    await world.judge(run, `${what}, halted`)
    await open().resume(world.name)
    run = await toTheEnd(world.place, world.name, open, undefined, true)
  }
  const works = await world.judge(run, what)
  assert.equal(verifyEntries(await world.place.keyturn.store.ledger(1, 5_000)).ok, true, `${what}: the ledger`)
  assert(
    run.switches.every(({ closedAt }) => closedAt !== null),
    `${what}: every switch is off again`,
  )
  if (made === 0) return { ...cell, outcome: `empty: the run never came to this step (${run.state})` }
  const silent = fault !== undefined && hit === 0 && run.state === 'retired'
  return {
    ...cell,
    outcome: `${how}${run.state}, ${works}${run.problem === null ? '' : `: ${run.problem.code} ${run.problem.text}`}${silent ? ' (the step sent nothing)' : ''}`,
  }
}
