/**
 * Any number of toy credentials on one store, and any number of replicas on that: each with a Keyturn and a rotation of
 * its own, sharing nothing but the store and the clock. Every credential has a platform of its own that counts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openKeyturn } from '@keyturn/tokens'
import type { Json, Keyturn } from '@keyturn/tokens'
import type { Notification } from '../../../src/notify/notify.ts'
import type { CommonSettings } from '../../../src/rotation/common-settings.ts'
import { credentialKind } from '../../../src/rotation/credential.ts'
import { openRotation } from '../../../src/rotation/rotation.ts'
import type { Rotation } from '../../../src/rotation/rotation.ts'
import type { Rotator } from '../../../src/rotation/rotator.ts'
import { scheduleSettings } from '../../../src/rotation/schedule/schedule-settings.ts'
import { turnDue } from '../../../src/rotation/schedule/scheduler.ts'
import type { Round, RoundParts } from '../../../src/rotation/schedule/scheduler.ts'
import { newPlatform, toyRotator } from '../toy-platform.ts'
import type { Platform } from '../toy-platform.ts'
import { handClock } from '../toy-rotation.ts'

export const day = 86_400_000
export const hour = 3_600_000

export interface Toy {
  readonly name: string
  /** In days; null: it was adopted and nobody knows. Left out: nothing is kept. */
  readonly age?: number | null
  readonly schedule?: Readonly<Record<string, unknown>>
  readonly owner?: string
  readonly settings?: Readonly<Record<string, unknown>>
  readonly more?: Partial<Rotator>
}

export interface Replica {
  readonly keyturn: Keyturn
  readonly rotation: Rotation
  round(more?: Partial<RoundParts>): Promise<Round>
}

export interface Fleet {
  readonly clock: ReturnType<typeof handClock>
  readonly platforms: ReadonlyMap<string, Platform>
  /** What was told, newest last. */
  readonly told: Notification[]
  replica(): Promise<Replica>
  close(): Promise<void>
}

const none = (): never => {
  throw new Error('a toy has none')
}

const commonOf = ({ schedule, owner }: Toy): CommonSettings => ({
  drain: { quiet: hour, atMost: 2 * hour },
  ...(schedule === undefined ? {} : { schedule: scheduleSettings.parse(schedule) }),
  ...(owner === undefined ? {} : { owner }),
})

/** As it is after Keyturn made or adopted its first version. */
const seed = (name: string, age: number | null, now: number): Json => ({
  v: 1,
  name,
  kind: `toy/${name}`,
  versions: [
    {
      n: 1,
      state: 'active',
      at: now,
      createdAt: now,
      activeAt: age === null ? null : now - age * day,
      verifiedAt: null,
      data: {},
      fields: [],
    },
  ],
  run: null,
  runs: [],
  lastTurnedAt: null,
})

export const fleet = async (store: string, toys: readonly Toy[]): Promise<Fleet> => {
  const clock = handClock()
  const platforms = new Map(toys.map(({ name }) => [name, newPlatform()]))
  const told: Notification[] = []
  const opened: Keyturn[] = []
  const byName = new Map(toys.map((one) => [one.name, one]))
  const credentials = toys.map((one) => ({
    name: one.name,
    kind: `toy/${one.name}`,
    common: commonOf(one),
    settings: one.settings ?? {},
  }))
  const rotator = async (kind: string): Promise<Rotator> => {
    const name = kind.slice(4)
    const platform = platforms.get(name)
    if (platform === undefined) throw new Error(`no platform of ${name}`)
    return { ...toyRotator(platform), ...byName.get(name)?.more }
  }
  const open = async (): Promise<Keyturn> => {
    const keyturn = await openKeyturn({ store, masterKey: new Uint8Array(32).fill(7), clock, migrate: true })
    opened.push(keyturn)
    return keyturn
  }
  const first = await open()
  const kept = toys.flatMap(({ name, age }) => (age === undefined ? [] : [{ name, age }]))
  for (let at = 0; at < kept.length; at += 250)
    await first.store.records.putAll(
      kept.slice(at, at + 250).map(({ name, age }) => ({
        kind: credentialKind,
        id: name,
        doc: seed(name, age, clock.wall()),
        expect: null,
      })),
    )
  const notifier = {
    channels: ['test'],
    tell: async (notification: Notification) => {
      const before = told.some(({ key }) => key === notification.key)
      if (!before) told.push(notification)
      return [{ channel: 'test', ok: true, ...(before ? { why: 'told already' } : {}) }]
    },
  }
  let ids = 0
  return {
    clock,
    platforms,
    told,
    async replica() {
      const keyturn = opened.length === 1 && ids === 0 ? first : await open()
      const mine = (ids += 1)
      let id = 0
      const rotation = openRotation({
        keyturn,
        clock,
        random: (size) => new Uint8Array(size),
        credentials,
        rotator,
        newId: () => `replica-${mine}-${(id += 1)}`,
        ports: {
          network: undefined as never,
          env: {},
          org: none,
          destination: none,
          mailbox: none,
          callers: undefined as never,
          uses: { since: async () => [] },
          reauthorise: none,
        } as never,
      })
      const quiet = { info: () => undefined, warn: () => undefined }
      return {
        keyturn,
        rotation,
        round: (more) =>
          turnDue({
            ...{ rotation, records: keyturn.store.records, clock, notifier, log: quiet, now: clock.wall() },
            ...more,
          }),
      }
    },
    async close() {
      for (const keyturn of opened) await keyturn.close()
    },
  }
}

/** How often the platform of this credential was cut over. */
export const turns = ({ platforms }: Fleet, name: string): number =>
  platforms.get(name)?.effects.filter((one) => one === 'activate').length ?? 0

/** A fleet of one replica on a store that ends with the test. */
export const openFleet = async (t: TestContext, toys: readonly Toy[]): Promise<{ all: Fleet; one: Replica }> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-schedule-'))
  const all = await fleet(`sqlite:${join(folder, 'k.db')}`, toys)
  t.after(async () => {
    await all.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { all, one: await all.replica() }
}
