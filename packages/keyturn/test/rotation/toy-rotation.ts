/** A store, the toy platform and destinations in memory; each `open` is a new process that shares nothing else. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openKeyturn } from '@keyturn/tokens'
import type { Clock, Keyturn, Records } from '@keyturn/tokens'
import type { CommonSettings } from '../../src/rotation/common-settings.ts'
import type { RotationPorts } from '../../src/rotation/ports.ts'
import type { OldUse } from '../../src/rotation/rotator.ts'
import { openRotation } from '../../src/rotation/rotation.ts'
import type { Rotation } from '../../src/rotation/rotation.ts'
import { toyRotator } from './toy-platform.ts'
import type { Platform } from './toy-platform.ts'

/** Time that only moves when it is slept or pushed. */
export const handClock = (): Clock & { push(ms: number): void } => {
  let now = Date.UTC(2026, 10, 22)
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  return {
    wall: () => now,
    boot: () => now,
    offset: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper)
            resolve()
          },
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', sleeper.wake, { once: true })
        return undefined
      }),
    push(ms) {
      now += ms
      for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake()
    },
  }
}

export class Killed extends Error {}

export interface Toy {
  readonly keyturn: Keyturn
  readonly clock: ReturnType<typeof handClock>
  readonly told: Map<string, string>
  /** Dies (throws Killed) at the n-th write to the store, before or after it was committed. */
  open(die?: { readonly at: number; readonly when: 'before' | 'after' }): Rotation
  writes(): number
}

export const toy = async (
  t: TestContext,
  platform: Platform,
  options: { readonly oneWay?: boolean; readonly common?: CommonSettings; readonly oldUse?: () => OldUse } = {},
): Promise<Toy> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-rotation-'))
  const clock = handClock()
  const keyturn = await openKeyturn({
    store: `sqlite:${join(folder, 'k.db')}`,
    masterKey: new Uint8Array(32).fill(7),
    clock,
  })
  t.after(async () => {
    await keyturn.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const told = new Map<string, string>()
  let writes = 0
  const destination = (name: string): ReturnType<RotationPorts['destination']> => ({
    kind: 'memory',
    name,
    preflight: async () => [],
    write: async (value) => {
      platform.before(`write ${name}`)
      const before = told.get(name)
      told.set(name, value.fields['value']?.reveal() ?? '')
      platform.after(`write ${name}`)
      return { changed: before !== told.get(name), at: `memory:${name}` }
    },
    readBack: async (value) => (told.get(name) === value.fields['value']?.reveal() ? 'same' : 'different'),
  })
  const none = (): never => {
    throw new Error('the toy has none')
  }
  const ports = {
    network: undefined as never,
    env: {},
    resolve: none,
    org: none,
    destination,
    mailbox: none,
    callers: { show: none, rotate: none, endFormer: none, formerUsedAt: none },
    reauthorise: none,
  } satisfies RotationPorts
  return {
    keyturn,
    clock,
    told,
    writes: () => writes,
    open(die) {
      let count = 0
      const putAll: Records['putAll'] = async (...args) => {
        count += 1
        writes += 1
        if (die !== undefined && count > die.at) throw new Killed()
        if (count === die?.at && die.when === 'before') throw new Killed()
        const written = await keyturn.store.records.putAll(...args)
        if (count === die?.at) throw new Killed()
        return written
      }
      const records = { ...keyturn.store.records, putAll }
      const store = new Proxy(keyturn.store, {
        get: (target, key) => (key === 'records' ? records : Reflect.get(target, key)),
      })
      const seen = new Proxy(keyturn, { get: (target, key) => (key === 'store' ? store : Reflect.get(target, key)) })
      let id = 0
      return openRotation({
        keyturn: seen,
        clock,
        random: (size) => new Uint8Array(size),
        ports,
        credentials: [{ name: 'toy', kind: 'toy', common: options.common ?? {}, settings: {} }],
        rotator: async () => toyRotator(platform, options.oneWay, options.oldUse),
        newId: () => `id-${clock.wall()}-${(id += 1)}-${writes}`,
      })
    },
  }
}
