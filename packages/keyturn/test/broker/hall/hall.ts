/** The broker as `keyturn serve` runs it, in this process: real listeners, a real store, a simulated org behind it. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { startSimulator } from '@keyturn/simulator'
import type { Simulator } from '@keyturn/simulator'
import { brokerSettings } from '../../../src/broker/broker-settings.ts'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import type { Issued, ManageCallers, NewCaller } from '../../../src/broker/callers/manage-callers.ts'
import { openLog } from '../../../src/broker/log.ts'
import { openBroker } from '../../../src/broker/server.ts'
import type { Broker } from '../../../src/broker/server.ts'
import { brokerSection } from '../../../src/config/broker-section.ts'

export const USER = 'integration@acme.example'
export const DAY = 86_400_000

export interface Hall {
  readonly url: string
  readonly broker: Broker
  readonly keyturn: Keyturn
  readonly sim: Simulator
  readonly manage: ManageCallers
  readonly folder: string
  /** Lines of the log. */
  readonly lines: readonly string[]
  /** What may not be seen anywhere. */
  readonly secrets: Set<string>
  readonly oldRefreshToken: string
  readonly clock: { wall(): number }
  /** Moves the broker's clock. */
  later(ms: number): void
  enrol(name: string, more?: Partial<NewCaller>): Promise<Enrolled>
}

export interface Enrolled {
  readonly issued: Issued
  readonly id: string
  readonly secret: string
  readonly password: string
  readonly refreshToken: string
  /** For `Authorization`. */
  readonly basic: string
}

export interface HallOptions {
  readonly section?: object | ((folder: string) => object | Promise<object>)
  readonly store?: string
  /** The broker's clock moves only when told to: what is counted by the second doesn't depend on the machine. */
  readonly clockStands?: boolean
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

export const enrolled = (issued: Issued, grant = 'acme'): Enrolled => {
  const id = issued.caller.id
  const secret = issued.secret.reveal()
  return {
    issued,
    id,
    secret,
    password: issued.password?.reveal() ?? '',
    refreshToken: issued.refreshTokens[grant]?.reveal() ?? '',
    basic: basic(id, secret),
  }
}

/** Moved on by so many ms; `stands`: by nothing else. */
export const steered = (moved: () => number, stands = false): Clock => {
  const { wall, boot } = systemClock
  const [began, booted] = [wall(), boot()]
  return {
    ...systemClock,
    wall: () => (stands ? began : wall()) + moved(),
    boot: () => (stands ? booted : boot()) + moved(),
  }
}

export const openHall = async (t: TestContext, options: HallOptions = {}): Promise<Hall> => {
  const folder = mkdtempSync(join(tmpdir(), 'hall-'))
  const sim = await startSimulator({ seed: t.name })
  let moved = 0
  const clock = steered(() => moved, options.clockStands)
  const keyturn = await openKeyturn({
    store: options.store ?? `sqlite:${join(folder, 'keyturn.db')}`,
    stateFolder: join(folder, 'state'),
    masterKey: randomBytes(32),
    env: {},
    migrate: true,
  })
  let opened: Broker | null = null
  t.after(async () => {
    await opened?.close()
    await keyturn.close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: USER, app: 'Web' })
  await keyturn.grants.add({
    name: 'acme',
    flow: 'refresh_token',
    loginUrl: sim.url,
    clientId,
    clientSecret,
    refreshToken,
  })
  const lines: string[] = []
  const log = openLog({ clock, level: 'debug', write: (line) => void lines.push(line) })
  const given = typeof options.section === 'function' ? await options.section(folder) : (options.section ?? {})
  const section = brokerSection.parse({ listen: [{ port: 0 }], log: 'debug', ...given })
  const settings = await brokerSettings(section, folder, {})
  const broker = await openBroker({ settings, keyturn, clock, log, env: {}, version: '0.0.0' })
  opened = broker
  const manage = manageCallers({ keyturn, clock, random: randomBytes, log })
  const secrets = new Set([clientSecret, refreshToken])
  return {
    url: broker.addresses[0] ?? '',
    broker,
    keyturn,
    sim,
    manage,
    folder,
    lines,
    secrets,
    oldRefreshToken: refreshToken,
    clock,
    later: (ms) => {
      moved += ms
    },
    enrol: async (name, more = {}) => {
      const one = enrolled(
        await manage.add({
          name,
          grants: ['acme'],
          faces: ['oauth', 'soap', 'proxy', 'api'],
          ranges: ['127.0.0.1'],
          expiresAt: clock.wall() + 30 * DAY,
          virtualUser: `${name}@broker.example`,
          ...more,
        }),
      )
      for (const secret of [one.secret, one.password, one.refreshToken]) if (secret !== '') secrets.add(secret)
      return one
    },
  }
}

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of the shape is what it asserts
  readonly json: any
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly socketPath?: string
  readonly localAddress?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** The host to connect to, when it is not the one in the URL. */
  readonly host?: string
}

/** Not `fetch`: it can't choose a source address, a Host header or a Unix socket. */
export const ask = (url: string, { method = 'GET', headers = {}, body, host, ...more }: Ask = {}): Promise<Told> =>
  new Promise((resolve, reject) => {
    const target = new URL(url)
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest
    const options = {
      method,
      headers: { host: target.host, ...headers },
      agent: false,
      hostname: host ?? target.hostname,
      port: target.port,
      path: `${target.pathname}${target.search}`,
      ...(host === undefined ? {} : { servername: target.hostname }),
      ...more,
    }
    const request = send(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8')
        let json: unknown = null
        try {
          json = JSON.parse(text)
        } catch {
          // Not every answer is JSON.
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
      })
    })
    request.on('error', reject)
    request.end(body)
  })

export const form = (fields: Readonly<Record<string, string>>): Ask => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
})

/** Asks until it holds. */
export const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = systemClock.boot() + 60_000
  while (!(await holds())) {
    if (systemClock.boot() > end) throw new Error(`never: ${what}`)
    await systemClock.sleep(20)
  }
}
