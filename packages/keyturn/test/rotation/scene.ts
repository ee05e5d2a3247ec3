/**
 * A simulated org and an open rotation as keyturn.yaml would make it, on the simulator's clock. `process` opens a further
 * one on the same store, as a restart or another host would, and can be made to die at its n-th write.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import type { OrgSpec, Simulator } from '@keyturn/simulator'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { Clock, Keyturn, RecordEntry, Records } from '@keyturn/tokens'
import { configSchema } from '../../src/config/schema.ts'
import { openRotationOf } from '../../src/wiring/rotation-opened.ts'
import type { RotationWiring } from '../../src/wiring/rotation-opened.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import type { Run } from '../../src/rotation/credential.ts'
import type { Settings } from '../../src/settings.ts'

export class Killed extends Error {}

export interface Death {
  /** Counts from 1. */
  readonly at: number
  readonly when: 'before' | 'after'
}

export interface ProcessOptions {
  readonly die?: Death
  /** Sees each ledger entry of a write, before and after its commit; throws Killed to die there. */
  readonly watch?: (entry: RecordEntry, when: 'before' | 'after') => void
}

export interface Scene {
  readonly sim: Simulator
  readonly folder: string
  readonly keyturn: Keyturn
  readonly clock: Clock
  advance(ms: number): void
  /** `sections`: of keyturn.yaml. */
  process(sections: Readonly<Record<string, unknown>>, more?: ProcessOptions & RotationWiring): Rotation
  /** Writes of rotations, all processes together. */
  writes(): number
}

export const scene = async (t: TestContext, org: Partial<OrgSpec> = {}): Promise<Scene> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-rotation-'))
  const sim = await startSimulator({ seed: t.name, orgs: [{ name: 'acme', ...org }] })
  const clock = clockOf(sim)
  const keyturn = await openKeyturn({
    store: `sqlite:${join(folder, 'keyturn.db')}`,
    masterKey: randomBytes(32),
    clock,
    limits: { connect: 5_000, wait: 5_000, send: 5_000, read: 20_000, stale: 20 },
    env: {},
  })
  const closing: (() => Promise<void>)[] = []
  t.after(async () => {
    for (const close of closing) await close()
    await keyturn.close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  let writes = 0
  return {
    sim,
    folder,
    keyturn,
    clock,
    advance: (ms) => void sim.control.moveClock({ advanceMs: ms }),
    writes: () => writes,
    process(sections, { die, watch, ...wiring } = {}) {
      let count = 0
      const putAll: Records['putAll'] = async (...args) => {
        count += 1
        writes += 1
        if (die !== undefined && (count > die.at || (count === die.at && die.when === 'before'))) throw new Killed()
        const [, entry] = args
        if (entry !== undefined) watch?.(entry, 'before')
        const written = await keyturn.store.records.putAll(...args)
        if (count === die?.at) throw new Killed()
        if (entry !== undefined) watch?.(entry, 'after')
        return written
      }
      const records = { ...keyturn.store.records, putAll }
      const over = <T extends object>(target: T, name: keyof T, value: unknown): T =>
        new Proxy(target, { get: (one, key) => (key === name ? value : Reflect.get(one, key)) })
      const seen = over(keyturn, 'store', over(keyturn.store, 'records', records))
      const settings = {
        config: configSchema.parse({ version: 1, ...sections }),
        folder,
        env: {},
        masterKey: { value: 'file:./keyturn.key', from: 'default' },
      } as unknown as Settings
      const opened = openRotationOf({ keyturn: seen, settings }, { clock, ...wiring })
      closing.push(opened.close)
      return opened.rotation
    },
  }
}

/** The simulator's own clock; a sleeper looks at it every few milliseconds, for somebody may have moved it. */
const clockOf = (sim: Simulator): Clock => {
  const offset = (): number => sim.control.clock().offset
  const boot = (): number => systemClock.boot() + offset()
  return {
    wall: () => systemClock.wall() + offset(),
    boot,
    offset,
    sleep: async (ms, signal) => {
      const until = boot() + ms
      while (boot() < until && signal?.aborted !== true)
        await systemClock.sleep(Math.min(20, Math.max(1, until - boot())), signal)
    },
  }
}

/** Goes on until it is over, stuck, or a hundred rounds went by; time goes to where the run waits for it. */
export const toTheEnd = async (
  { clock, advance }: Pick<Scene, 'clock' | 'advance'>,
  name: string,
  open: () => Rotation,
  each: (run: Run) => Promise<void> | void = () => undefined,
  attended = false,
): Promise<Run> => {
  for (let round = 0; ; round++) {
    const { run, over } = await open().advance(name, { attended })
    await each(run)
    if (over || run.state === 'halted' || run.state === 'waiting-for-person') return run
    if (round === 100) throw new Error(`the run goes on for ever: ${run.state}, ${run.waitsFor ?? ''}`)
    advance(Math.max(1_000, (run.waitUntil ?? 0) - clock.wall()))
  }
}
