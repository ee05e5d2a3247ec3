/**
 * A grant that can die, brokers (replicas on one store) behind one public address, and a notifier that keeps what it is
 * told.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { startSimulator } from '@keyturn/simulator'
import type { AppSettings, ReadyGrant, Simulator } from '@keyturn/simulator'
import { freePort } from '../../../../../test/free-port.ts'
import { brokerSettings } from '../../../src/broker/broker-settings.ts'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import { openLog } from '../../../src/broker/log.ts'
import type { ReauthoriseParts } from '../../../src/broker/reauthorise/open-reauthorise.ts'
import { openBroker } from '../../../src/broker/server.ts'
import type { Broker } from '../../../src/broker/server.ts'
import { brokerSection } from '../../../src/config/broker-section.ts'
import type { Notification } from '../../../src/notify/notify.ts'
import { ask, enrolled, until } from '../hall/hall.ts'
import type { Ask, Enrolled, Told } from '../hall/hall.ts'

export const USER = 'integration@acme.example'
export const OTHER = 'admin@acme.example'
export const DAY = 86_400_000

export interface SceneOptions {
  readonly app?: Partial<AppSettings>
  readonly section?: object
  readonly store?: string
  /** `ledger`: as the broker does it; default: nobody says why a grant died. */
  readonly judge?: ReauthoriseParts['judge'] | 'ledger'
  /** Channels that fail, as many times. */
  readonly failing?: number
  /** Without publicUrl. */
  readonly hidden?: boolean
}

export interface Scene {
  readonly sim: Simulator
  readonly url: string
  readonly keyturn: Keyturn
  readonly ready: ReadyGrant
  readonly folder: string
  readonly told: readonly Notification[]
  readonly lines: readonly string[]
  readonly broker: Broker
  /** Everything that pages, answers, … said. */
  readonly heard: string[]
  readonly caller: Enrolled
  later(ms: number): void
  /** The brokers' clock. */
  now(): number
  /** Another broker on the same store, with a Keyturn of its own; behind the same public address unless it is named. */
  replica(): Promise<{
    readonly url: string
    readonly broker: Broker
    readonly keyturn: Keyturn
    close(): Promise<void>
  }>
  /** Salesforce revokes the grant and a call finds that out. */
  die(): Promise<void>
  /** The link that was told last. */
  link(): Promise<string>
  ask(url: string, how?: Ask): Promise<Told>
  status(): Promise<string>
  metrics(): Promise<string>
}

export const openScene = async (t: TestContext, options: SceneOptions = {}): Promise<Scene> => {
  const folder = mkdtempSync(join(tmpdir(), 'reauthorise-'))
  const sim = await startSimulator({ seed: t.name })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  sim.control.changeApp({
    app: 'Web',
    callbacks: [`${url}/reauthorise/callback`],
    settings: { rotation: true, ...options.app },
  })
  let moved = 0
  const clock = { ...systemClock, wall: () => systemClock.wall() + moved, boot: () => systemClock.boot() + moved }
  const store = options.store ?? `sqlite:${join(folder, 'keyturn.db')}`
  const masterKey = randomBytes(32)
  const closing: (() => Promise<unknown>)[] = []
  const lines: string[] = []
  const told: Notification[] = []
  let failures = options.failing ?? 0
  const notifier: ReauthoriseParts['notifier'] = {
    channels: ['ops'],
    tell: async (notification) => {
      if (told.some(({ key }) => key === notification.key)) return [{ channel: 'ops', ok: true, why: 'told before' }]
      if (failures > 0) {
        failures -= 1
        return [{ channel: 'ops', ok: false, why: 'down' }]
      }
      told.push(notification)
      return [{ channel: 'ops', ok: true }]
    },
  }
  let opened = 0
  const openStore = async (): Promise<Keyturn> => {
    opened += 1
    const stateFolder = join(folder, `state-${opened}`)
    return openKeyturn({ store, stateFolder, masterKey, env: {}, migrate: true, limits: { stale: 20 } })
  }
  const serve = async (keyturn: Keyturn, at: number): Promise<Broker> => {
    const section = brokerSection.parse({
      listen: [{ port: at }],
      log: 'debug',
      sweepEvery: '1s',
      ...(options.hidden === true ? {} : { publicUrl: url }),
      ...options.section,
    })
    const log = openLog({ clock, level: 'debug', write: (line) => void lines.push(line) })
    const settings = await brokerSettings(section, folder, {})
    const { judge = async () => null } = options
    return openBroker({
      settings,
      keyturn,
      clock,
      log,
      env: {},
      version: '0.0.0',
      notifier,
      ...(judge === 'ledger' ? {} : { judge }),
    })
  }
  const keyturn = await openStore()
  t.after(async () => {
    sim.control.release()
    for (const close of closing.toReversed()) await close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  closing.push(() => keyturn.close())
  const ready = sim.control.grant({ user: USER, app: 'Web' })
  const { clientId, clientSecret, refreshToken } = ready
  await keyturn.grants.add({
    name: 'acme',
    flow: 'refresh_token',
    loginUrl: sim.url,
    username: USER,
    ...{ clientId, clientSecret, refreshToken },
  })
  await keyturn.token('acme')
  const broker = await serve(keyturn, port)
  closing.push(() => broker.close())
  const manage = manageCallers({
    keyturn,
    clock,
    random: randomBytes,
    log: openLog({ clock, level: 'silent', write: () => undefined }),
  })
  const caller = enrolled(
    await manage.add({
      name: 'etl',
      grants: ['acme'],
      faces: ['oauth', 'soap', 'proxy', 'api'],
      ranges: ['127.0.0.1'],
      expiresAt: clock.wall() + 30 * DAY,
      virtualUser: 'etl@broker.example',
    }),
  )
  const heard: string[] = []
  return {
    sim,
    url,
    keyturn,
    ready,
    folder,
    told,
    lines,
    broker,
    heard,
    caller,
    later: (ms) => {
      moved += ms
    },
    now: () => clock.wall(),
    replica: async () => {
      const own = await openStore()
      const other = await serve(own, 0)
      let closed: Promise<void> | null = null
      const close = (): Promise<void> => (closed ??= other.close().then(() => own.close()))
      closing.push(close)
      return { url: other.addresses[0] ?? '', broker: other, keyturn: own, close }
    },
    die: async () => {
      for (const one of sim.control.oracle().grants.filter(({ live }) => live))
        sim.control.revokeGrant({ grant: one.grant })
      const { generation } = await keyturn.grants.show('acme')
      await assert.rejects(keyturn.rejected('acme', generation), { code: 'GRANT_DEAD' })
    },
    link: async () => {
      await until('a link is told', () => told.some(({ link }) => link !== undefined))
      return told.findLast(({ link }) => link !== undefined)?.link?.url.reveal() ?? ''
    },
    ask: async (address, how) => {
      const answer = await ask(address, how)
      heard.push(answer.text, JSON.stringify(answer.headers))
      return answer
    },
    status: async () => (await keyturn.grants.show('acme')).status,
    metrics: async () => (await ask(`${url}/metrics`)).text,
  }
}
