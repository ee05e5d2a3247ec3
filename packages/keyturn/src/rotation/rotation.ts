/**
 * Rotation as commands and the broker use it: what credentials there are and how they are, a run from its preflight to
 * its end, and the verbs of a person on a run that waits or was halted.
 */
import { randomUUID } from 'node:crypto'
import { KeyturnError } from '@keyturn/tokens'
import type { Clock, Keyturn, Secret } from '@keyturn/tokens'
import { commitmentsOf } from '../ledger-commitment.ts'
import type { CommonSettings } from './common-settings.ts'
import { currentVersion, isGone, secretName } from './credential.ts'
import type { CredentialDoc, Problem, Run } from './credential.ts'
import type { RotationPorts } from './ports.ts'
import { inTheWay, oneWayDestinations, switchesNow } from './preflight.ts'
import type { Before, SwitchNow } from './preflight.ts'
import type { Age, Rotator } from './rotator.ts'
import { execute, shapesOf } from './run/execute.ts'
import type { RunEvent, Work } from './run/work.ts'
import { keeperOf } from './run/keeper.ts'
import type { Held } from './run/keeper.ts'
import { takeLease } from './run/lease.ts'
import * as transition from './run/transition.ts'

/** One entry of `credentials:` in keyturn.yaml, split into what all have and what its kind has. */
export interface CredentialSettings {
  readonly name: string
  readonly kind: string
  readonly common: CommonSettings
  readonly settings: unknown
}

interface RotationParts {
  readonly keyturn: Keyturn
  readonly clock: Clock
  readonly random: (size: number) => Uint8Array
  readonly ports: RotationPorts
  readonly credentials: readonly CredentialSettings[]
  readonly rotator: (kind: string) => Promise<Rotator>
  readonly newId?: () => string
}

interface StartOptions {
  readonly why: string
  readonly who: string
  /** The newest version that whoever decided knew of (0: none): with another one there, CLAIM_LOST is thrown. */
  readonly turn?: number
}

interface AdvanceOptions {
  readonly attended: boolean
  readonly answers?: Readonly<Record<string, Secret>>
  readonly tell?: (event: RunEvent) => void
  readonly signal?: AbortSignal
}

/** Where a run is after `advance`. */
export interface Advanced {
  readonly run: Run
  readonly over: boolean
}

export interface Rotation {
  readonly names: readonly string[]
  settingsOf(name: string): CredentialSettings
  rotatorOf(name: string): Promise<Rotator>
  /** Null: nothing was ever kept for it. */
  state(name: string): Promise<CredentialDoc | null>
  run(id: string): Promise<{ readonly credential: string; readonly kind: string; readonly run: Run } | null>
  age(name: string): Promise<Age>
  /** Everything in the way, before anything is changed. */
  preflight(name: string, attended?: boolean): Promise<readonly Problem[]>
  /** The org switches that a run will open where they are off. */
  switches(name: string): Promise<readonly SwitchNow[]>
  /** Destinations that would keep the new value if the run were taken back behind them. */
  oneWayDestinations(name: string): Promise<readonly string[]>
  /** Keeps the value that is in use now as a version, from the platform, or from what is given. */
  adopt(name: string, who: string, given?: Readonly<Record<string, Secret>>): Promise<CredentialDoc>
  /** Throws ROTATION_RUNNING when there is a run, PREFLIGHT_FAILED. */
  start(name: string, options: StartOptions & { readonly attended: boolean }): Promise<Run>
  /** Does what can be done now. Throws ROTATION_BUSY when another process is at it. */
  advance(name: string, options: AdvanceOptions): Promise<Advanced>
  /** A person says: go on. */
  resume(name: string, who?: string): Promise<Run>
  /** Taken back where that exists; throws ROLL_BACK_IMPOSSIBLE where it doesn't. */
  cancel(name: string, who: string): Promise<Run>
  /** Whether `cancel` would be taken. */
  canBeTakenBack(name: string): Promise<boolean>
  /**
   * Ends a run that is stuck where it can't be taken back; nothing is changed, and both versions are kept. Throws
   * BAD_ARGUMENT where it is not stuck, or can be taken back.
   */
  abandon(name: string, who: string): Promise<Run>
}

const noTelling = (): void => undefined

export const openRotation = (parts: RotationParts): Rotation => {
  const { keyturn, clock, random, ports } = parts
  const { newId = randomUUID } = parts
  const keeper = keeperOf(keyturn.store, commitmentsOf(keyturn.store))

  const settingsOf = (name: string): CredentialSettings => {
    const found = parts.credentials.find((one) => one.name === name)
    if (found === undefined)
      throw new KeyturnError('CREDENTIAL_NOT_FOUND', `There is no credential named ${name} in keyturn.yaml`)
    return found
  }
  const rotatorOf = (name: string): Promise<Rotator> => parts.rotator(settingsOf(name).kind)

  const must = async (name: string): Promise<Held & { readonly run: Run }> => {
    const held = await keeper.read(name)
    if (held?.doc.run == null) throw new KeyturnError('ROTATION_NOT_FOUND', `No rotation of ${name} is running`)
    const { kind } = settingsOf(name)
    if (held.doc.kind !== kind) {
      throw new KeyturnError(
        'CONFIG_INVALID',
        `${name} is ${kind} now, and its rotation as ${held.doc.kind} is under way`,
        {
          fix: `Say \`kind: ${held.doc.kind}\` in keyturn.yaml until that run has ended.`,
        },
      )
    }
    return { ...held, run: held.doc.run }
  }

  const contextBefore = (name: string, doc: CredentialDoc | null, attended: boolean): Before => {
    const { settings, common } = settingsOf(name)
    const now = clock.wall()
    return {
      name,
      settings,
      common,
      runId: '',
      ledgerFrom: 0,
      from: doc === null ? null : currentVersion(doc),
      secret: (version, field) => keeper.secret(name, version, field),
      keep: async () => {
        throw new KeyturnError('DEFECT', 'nothing is kept before a run')
      },
      data: {},
      resumed: false,
      since: now,
      startedAt: now,
      attended,
      answers: {},
      keyturn,
      clock,
      random,
      ports,
      tell: noTelling,
    }
  }

  const before = async (name: string, attended = false): Promise<readonly [Rotator, Before]> => [
    await rotatorOf(name),
    contextBefore(name, (await keeper.read(name))?.doc ?? null, attended),
  ]
  const preflight: Rotation['preflight'] = async (name, attended) => inTheWay(...(await before(name, attended)))

  const emptyDoc = (name: string): CredentialDoc => ({
    v: 1,
    name,
    kind: settingsOf(name).kind,
    versions: [],
    run: null,
    runs: [],
    lastTurnedAt: null,
  })

  const change = async (
    name: string,
    make: (held: Held & { readonly run: Run }) => CredentialDoc,
    kind: string,
    data: Readonly<Record<string, string | null>> = {},
  ): Promise<Run> => {
    for (;;) {
      const held = await must(name)
      const doc = make(held)
      if (doc === held.doc) return held.run
      try {
        const written = await keeper.write(held, { doc, entry: { kind, data: { run: held.run.id, ...data } } })
        return written.doc.run ?? held.run
      } catch (error) {
        if (!(error instanceof KeyturnError) || error.code !== 'CLAIM_LOST') throw error
      }
    }
  }

  const canBeTakenBack = async (name: string): Promise<boolean> =>
    transition.canGoBack((await must(name)).run, shapesOf(await rotatorOf(name)))

  const askToEnd = (name: string, cancel: NonNullable<Run['cancel']>): Promise<Run> =>
    change(name, ({ doc }) => transition.askedToEnd(doc, cancel), 'rotation-cancel-asked', { who: cancel.who })

  return {
    names: parts.credentials.map(({ name }) => name),
    settingsOf,
    rotatorOf,
    state: async (name) => (await keeper.read(name))?.doc ?? null,
    run: (id) => keeper.run(id),
    async age(name) {
      const rotator = await rotatorOf(name)
      const held = await keeper.read(name)
      const current = held === null ? null : currentVersion(held.doc)
      if (current?.activeAt != null)
        return { basis: 'known', since: current.activeAt, why: 'Keyturn made this version' }
      if (rotator.age === undefined)
        return {
          basis: 'unknown',
          why: 'Keyturn did not make this version, and the platform does not say how old it is',
        }
      return rotator.age(contextBefore(name, held?.doc ?? null, false))
    },
    preflight,
    switches: async (name) => switchesNow(...(await before(name))),
    async oneWayDestinations(name) {
      const [{ steps }, context] = await before(name)
      const at = steps.findIndex(({ name: step }) => step === 'distribute')
      // Where the run itself only goes forward from there on, no destination is asked to go back.
      const goesBack = !steps.slice(0, at + 1).some(({ undo }) => undo === 'impossible')
      return goesBack ? oneWayDestinations(context) : []
    },
    async adopt(name, who, given) {
      const rotator = await rotatorOf(name)
      const held = await keeper.read(name)
      if (held?.doc.run != null) throw running(name, held.doc.run)
      const found =
        given === undefined && rotator.adopt !== undefined
          ? await rotator.adopt(contextBefore(name, held?.doc ?? null, true))
          : { version: {}, secrets: given ?? {} }
      const before = held?.doc ?? emptyDoc(name)
      const n = (before.versions.at(-1)?.n ?? 0) + 1
      const at = clock.wall()
      const adopted = {
        n,
        state: 'active' as const,
        at,
        createdAt: at,
        activeAt: null,
        verifiedAt: null,
        data: found.version,
        fields: Object.keys(found.secrets),
      }
      const over = before.versions.filter((one) => !isGone(one))
      const versions = before.versions.map((one) => (isGone(one) ? one : { ...one, state: 'retired' as const, at }))
      const written = await keeper.write(held, {
        doc: { ...before, versions: [...versions, adopted] },
        secrets: Object.fromEntries(
          Object.entries(found.secrets).map(([field, secret]) => [secretName(n, field), secret]),
        ),
        forget: over.flatMap((one) => one.fields.map((field) => secretName(one.n, field))),
        entry: { kind: 'credential-adopted', data: { who, version: n } },
      })
      return written.doc
    },
    async start(name, { why, who, attended, turn }) {
      const held = await keeper.read(name)
      if (held?.doc.run != null) throw running(name, held.doc.run)
      if (turn !== undefined && turn !== (held?.doc.versions.at(-1)?.n ?? 0))
        throw new KeyturnError('CLAIM_LOST', `${name} was turned by somebody else meanwhile`)
      const problems = await preflight(name, attended)
      const [first] = problems
      if (first !== undefined) {
        throw new KeyturnError('PREFLIGHT_FAILED', problems.map(({ text }) => text).join('; '), { fix: first.next })
      }
      const { seq: ledgerFrom } = await keyturn.store.mark()
      const plan = { id: newId(), why, who, at: clock.wall(), ledgerFrom }
      // keyturn.yaml may call it another kind than when it was turned last.
      const before = { ...(held?.doc ?? emptyDoc(name)), kind: settingsOf(name).kind }
      const doc = transition.planned(before, plan)
      const { run } = doc
      if (run === null) throw new KeyturnError('DEFECT', 'a run was planned and is not there')
      try {
        await keeper.write(held, {
          doc,
          entry: { kind: 'rotation-planned', data: { run: run.id, version: run.to, who, why } },
        })
      } catch (error) {
        if (error instanceof KeyturnError && error.code === 'CLAIM_LOST') throw running(name, (await must(name)).run)
        throw error
      }
      return run
    },
    async advance(name, { attended, answers = {}, tell = noTelling, signal }) {
      const rotator = await rotatorOf(name)
      const { settings, common } = settingsOf(name)
      const taken = await takeLease({ store: keyturn.store, clock }, name, newId())
      if ('busyUntil' in taken) {
        throw new KeyturnError('ROTATION_BUSY', `Another process works on the rotation of ${name}`, {
          data: { until: new Date(taken.busyUntil).toISOString() },
        })
      }
      const { lease } = taken
      try {
        const held = await must(name)
        const work: Work = {
          rotator,
          settings,
          common,
          keyturn,
          keeper,
          lease,
          clock,
          random,
          ports,
          attended,
          answers,
          tell,
          ...(signal === undefined ? {} : { signal }),
        }
        const after = await execute(work, held)
        if (after.doc.run !== null) return { run: after.doc.run, over: false }
        const ended = await keeper.run(held.run.id)
        if (ended === null) throw new KeyturnError('DEFECT', 'a run ended and left no record')
        return { run: ended.run, over: true }
      } finally {
        await lease.release()
      }
    },
    resume: (name, who = '') => change(name, ({ doc }) => transition.resumed(doc), 'rotation-resumed', { who }),
    async cancel(name, who) {
      if (!(await canBeTakenBack(name))) {
        throw new KeyturnError(
          'ROLL_BACK_IMPOSSIBLE',
          `The rotation of ${name} is past the point where it can be taken back`,
        )
      }
      return askToEnd(name, { who, at: clock.wall() })
    },
    canBeTakenBack,
    async abandon(name, who) {
      const { run } = await must(name)
      const stuck = run.state === 'halted' || run.state === 'waiting-for-person'
      if (!stuck || (await canBeTakenBack(name))) {
        const fix = stuck ? 'Cancel it: it can be taken back.' : 'Let it go on: it waits for no person.'
        throw new KeyturnError('BAD_ARGUMENT', `The rotation of ${name} need not be abandoned`, { fix })
      }
      return askToEnd(name, { who, at: clock.wall(), abandon: true })
    },
  }
}

const running = (name: string, run: Run): KeyturnError =>
  new KeyturnError(
    'ROTATION_RUNNING',
    `A rotation of ${name} is running since ${new Date(run.startedAt).toISOString()}`,
    {
      data: { run: run.id, state: run.state },
    },
  )
