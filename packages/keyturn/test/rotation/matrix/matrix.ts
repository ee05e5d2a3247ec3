/**
 * Every kind of credential × every step × everything that can go wrong there. A kind brings a world and a judge; what
 * goes wrong is made here, the same for all: a process that dies, an answer that is lost, a refusal, an outage, a
 * destination that fails, a person who wants it all back.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { FaultSpec } from '@keyturn/simulator'
import { KeyturnError } from '@keyturn/tokens'
import { isOver } from '../../../src/rotation/credential.ts'
import type { Run } from '../../../src/rotation/credential.ts'
import type { CredentialKind } from '../../../src/rotation/rotators/settings.ts'
import type { Rotation } from '../../../src/rotation/rotation.ts'
import { Killed, toTheEnd } from '../scene.ts'
import type { ProcessOptions, Scene } from '../scene.ts'
import { noOpenEnds } from './open-ends.ts'
import { reconnectDead } from './reconnect.ts'
import type { Told } from './told.ts'
import { faults } from './troubles.ts'

export interface MatrixWorld {
  readonly place: Scene
  readonly name: string
  /** Where consumers read; null: this kind tells nobody. */
  readonly told: Told | null
  /** Grants that a run works with, and who signs in when a lost answer took their tokens. */
  readonly users?: Readonly<Record<string, string>>
  open(options?: ProcessOptions): Rotation
  /** After the run ended or got stuck: some version logs in, or the run says truthfully that only a person can go on. */
  judge(run: Run, what: string): Promise<Works>
  /** What a person does who is asked; false: nobody can do more here. */
  person?(open: () => Rotation, run: Run): Promise<boolean>
  /** What a person does about a halted run, besides to say go on. */
  mend?(run: Run): Promise<void>
  /** After each round: what happens by itself meanwhile. */
  meanwhile?(run: Run): void
}

export type Works = 'new works' | 'old works' | 'a person is needed'

export interface MatrixKind {
  /** As the table names it. */
  readonly name: string
  readonly kind: CredentialKind
  /** Settings of the simulator that matter for this kind, by a name for the table; the first are the defaults. */
  readonly switches: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  build(t: TestContext, settings: Readonly<Record<string, unknown>>): Promise<MatrixWorld>
  /** Further things that go wrong with this kind, made when the step begins: mail, other endpoints. */
  readonly more?: Readonly<Record<string, FaultSpec | ((world: MatrixWorld, step: string) => void)>>
  /** Which of those are made under the other switches, too. */
  readonly crossed?: readonly string[]
  /** Why a cell can't be: a sentence for the table. */
  empty(trouble: string, step: string): string | null
}

export interface Place {
  readonly kind: MatrixKind
  readonly switches: string
  readonly step: string
  readonly trouble: string
}

export type Outcome =
  | { readonly is: 'empty'; readonly why: string }
  | {
      readonly is: 'ended'
      readonly state: Run['state']
      readonly works: Works
      readonly halts: number
      readonly why: string
    }

export interface Cell extends Place {
  readonly outcome: Outcome
}

const forGood = 1_000_000

const stepOf = (data: Readonly<Record<string, unknown>>): string => String(data['step'] ?? '')

/** Takes it back where that exists; says whether it was. */
const cancel = (rotation: Rotation, name: string): Promise<boolean> =>
  rotation.cancel(name, 'somebody').then(
    () => true,
    (error: unknown) => {
      if (error instanceof KeyturnError && error.code === 'ROLL_BACK_IMPOSSIBLE') return false
      throw error
    },
  )

const endpoints = ['data', 'metadata', 'token', 'soap', 'revoke', 'userinfo'] as const

/** Of each step of a run in which nothing goes wrong, what it asks the org for: a fault elsewhere would hit nothing. */
export const callsOf = async (t: TestContext, kind: MatrixKind): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const world = await kind.build(t, {})
  const { place, name } = world
  const { control } = place.sim
  const calls = new Map<string, Set<string>>()
  const watch: NonNullable<ProcessOptions['watch']> = (entry, when) => {
    const step = stepOf(entry.data)
    if (entry.kind === 'rotation-step-begun' && when === 'after') {
      control.removeFaults()
      // Without a session there is a login in whichever step calls the org.
      control.expireAccessTokens()
      for (const endpoint of endpoints)
        control.addFault({ match: { endpoint }, count: 'forever', action: { delayAfterMs: 1 } })
    }
    if (!/^rotation-(step|retired)$/.test(entry.kind) || when === 'after') return
    const hit = control.faults().filter(({ hits }) => hits > 0)
    calls.set(step, new Set(hit.map(({ spec }) => spec.match?.endpoint ?? '')))
  }
  const open = (): Rotation => world.open({ watch })
  await open().start(name, { why: 'scouting', who: 'matrix', attended: true })
  for (let round = 0; ; round++) {
    assert(round < 40, `${kind.name}: goes round in circles`)
    const run = await toTheEnd(place, name, open, (now) => world.meanwhile?.(now), true)
    if (run.state === 'retired') break
    assert.equal(run.state, 'waiting-for-person', `${kind.name}: ${run.problem?.text ?? ''}`)
    assert.equal(await world.person?.(open, run), true, kind.name)
    place.advance(61_000)
  }
  control.removeFaults()
  return calls
}

/** One cell: a fresh world, one thing that goes wrong once, and the way to the end. */
export const runCell = async (t: TestContext, at: Place): Promise<Outcome> => {
  const { kind, switches, step, trouble } = at
  const what = `${kind.name} (${switches}), ${step}: ${trouble}`
  const world = await kind.build(t, kind.switches[switches] ?? {})
  const { place, name, told } = world
  const { control } = place.sim
  const more = kind.more?.[trouble]
  const fault = faults[trouble] ?? (typeof more === 'object' ? more : undefined)
  let made = false
  let hits = 0
  const clearFaults = (): void => {
    hits += control.faults().reduce((sum, one) => sum + one.hits, 0)
    control.removeFaults()
  }
  const watch: NonNullable<ProcessOptions['watch']> = (entry, when) => {
    if (made && entry.kind === 'rotation-step' && when === 'before') clearFaults()
    if (made || stepOf(entry.data) !== step) return
    const begins = entry.kind === 'rotation-step-begun' && when === 'after'
    const ends = /^rotation-(step|retired)$/.test(entry.kind) && when === 'before'
    if (trouble === 'killed after' ? !ends : !begins) return
    made = true
    if (trouble.startsWith('killed') || trouble.startsWith('cancelled')) throw new Killed()
    // Without a session there is a login in whichever step calls the org.
    if (fault?.match?.endpoint === 'token') control.expireAccessTokens()
    if (fault !== undefined) control.addFault(fault)
    else if (typeof more === 'function') more(world, step)
    else if (trouble === 'destination refusing') told?.refuse()
    else if (trouble.startsWith('destination')) told?.away(trouble.endsWith('failing') ? 4 : forGood)
  }
  const open = (): Rotation => world.open({ watch })
  /** Until it ended, was halted, or a person is asked who can't do more. */
  const go = async (): Promise<Run> => {
    for (let round = 0; ; round++) {
      assert(round < 40, `${what}: goes round in circles`)
      try {
        const run = await toTheEnd(place, name, open, (now) => world.meanwhile?.(now), true)
        if (run.state !== 'waiting-for-person' || (await world.person?.(open, run)) !== true) return run
        // People take their time, and the platform its own.
        place.advance(61_000)
      } catch (error) {
        assert(error instanceof Killed, `${what}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`)
        place.advance(31_000)
        const doc = await open().state(name)
        const over = doc?.run == null ? await open().run(doc?.runs[0] ?? '') : null
        if (over !== null) return over.run
        if (!trouble.startsWith('cancelled')) continue
        if (trouble.endsWith('away')) told?.away(forGood)
        if (!(await cancel(open(), name))) told?.mend()
      }
    }
  }
  const mend = async (): Promise<void> => {
    told?.mend()
    if (fault?.match?.endpoint === 'token') await reconnectDead(place, world.users ?? {})
  }
  await open().start(name, { why: what, who: 'matrix', attended: true })
  let run = await go()
  let halts = 0
  for (; run.state === 'halted' && halts < 3; halts++) {
    clearFaults()
    assert(run.problem !== null, `${what}: it says why`)
    await mend()
    await world.judge(run, `${what}, halted`)
    await world.mend?.(run)
    // By turns, so that both ways out of a halt are gone.
    if (what.length % 2 === 0 || !(await cancel(open(), name))) await open().resume(name)
    run = await go()
  }
  clearFaults()
  await mend()
  const works = await world.judge(run, what)
  await noOpenEnds(world, run, what)
  assert(isOver(run) || run.problem !== null || run.person !== null, `${what}: it says why`)
  if (!made) return { is: 'empty', why: 'the run does not come to this step' }
  if (fault !== undefined && hits === 0) return { is: 'empty', why: 'the step sends no such request' }
  const why = run.problem === null ? (run.person?.what ?? '') : `${run.problem.code}: ${run.problem.text}`
  return { is: 'ended', state: run.state, works, halts, why }
}
