/** A broker in front of a simulated org: the real store, the real callers, Fastify with the face and the proxy. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import fastify from 'fastify'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { AddGrant, Keyturn } from '@keyturn/tokens'
import { startSimulator } from '@keyturn/simulator'
import type { ReadyGrant, Simulator } from '@keyturn/simulator'
import type { BrokerContext, Callers } from '../../../src/broker/caller.ts'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import type { NewCaller } from '../../../src/broker/callers/manage-callers.ts'
import { openCallers } from '../../../src/broker/callers/open-callers.ts'
import { faceRoutes } from '../../../src/broker/face/routes.ts'
import { openLog } from '../../../src/broker/log.ts'
import { proxyRoutes } from '../../../src/broker/proxy/routes.ts'
import type { FaceOptions } from '../../../src/broker/sessions/options.ts'
import { steered } from '../hall/hall.ts'

export const GRANT = 'acme'
export const USER = 'integration@acme.example'

export interface Enrolled {
  readonly id: string
  readonly name: string
  readonly secret: string
  readonly username: string
  readonly password: string
  readonly refreshToken: string
}

export interface TestBroker {
  readonly url: string
  /** The address of another broker on the same store. */
  replica(): Promise<string>
  readonly sim: Simulator
  readonly ready: ReadyGrant
  readonly keyturn: Keyturn
  readonly callers: Callers
  /** Lines of the broker's log. */
  readonly log: readonly string[]
  enrol(name: string, more?: Partial<NewCaller>): Promise<Enrolled>
  remove(name: string): Promise<void>
  counts(): { readonly exchanges: number; readonly reuses: number; readonly grantsLost: number }
  /** Moves the broker's clock on; the org's stands. */
  later(ms: number): void
  /** Ends the access tokens, as the session time-out would. */
  expire(): void
}

export interface Setting {
  readonly options?: Partial<FaceOptions>
  readonly grant?: Partial<AddGrant>
  /** Somewhere else than the simulator: what stands in front of it. */
  readonly before?: (sim: Simulator) => Promise<string>
  readonly app?: string
  /** The broker's clock moves only when told to. */
  readonly clockStands?: boolean
}

export const startBroker = async (t: TestContext, setting: Setting = {}): Promise<TestBroker> => {
  const sim = await startSimulator({ seed: t.name })
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-broker-'))
  const store = `sqlite:${join(folder, 'keyturn.db')}`
  const instanceUrl = (await setting.before?.(sim)) ?? sim.url
  sim.control.changeOrg({ settings: { instanceUrl } })
  const ready = sim.control.grant({ user: USER, app: setting.app ?? 'Web' })
  const keyturn = await openKeyturn({ store, masterKey: randomBytes(32), env: {} })
  const { accessToken, refreshToken, clientId, clientSecret, username } = ready
  await keyturn.grants.add({
    name: GRANT,
    flow: 'refresh_token',
    loginUrl: sim.url,
    ...{ clientId, clientSecret, refreshToken, accessToken, instanceUrl, username },
    ...setting.grant,
  })
  const lines: string[] = []
  let moved = 0
  const clock = steered(() => moved, setting.clockStands)
  const log = openLog({ clock: systemClock, level: 'debug', write: (line) => void lines.push(line) })
  const uses = { count: () => undefined, flush: () => Promise.resolve(), close: () => Promise.resolve() }
  const callers = openCallers({
    keyturn,
    clock: systemClock,
    log,
    uses: uses as never,
    staleMax: 60_000,
    staleAfter: 0,
  })
  const manage = manageCallers({ keyturn, clock: systemClock, log, random: randomBytes })
  const pathOf = (request: { readonly raw: { readonly url?: string | undefined } }): string | null =>
    /^\/orgs\/([^/?#]+)/.exec(request.raw.url ?? '')?.[1] ?? null
  const context: BrokerContext = {
    keyturn,
    callers,
    clock,
    log,
    baseUrl: (request) => {
      const org = pathOf(request)
      return `http://${request.raw.headers.host ?? ''}${org === null ? '' : `/orgs/${org}`}`
    },
    orgOf: pathOf,
    addressOf: (request) => request.raw.socket.remoteAddress ?? '',
    transportProof: () => null,
    isOurs: (_request, audience) => audience.startsWith('http://127.0.0.1:'),
  }
  const apps: { close(): Promise<unknown> }[] = []
  const replica = async (): Promise<string> => {
    const app = fastify({ forceCloseConnections: true })
    apps.push(app)
    // A context of its own: nothing is remembered in common.
    const own = { ...context }
    await app.register(faceRoutes(own, setting.options))
    await app.register(proxyRoutes(own, setting.options))
    return app.listen({ host: '127.0.0.1', port: 0 })
  }
  const url = await replica()
  t.after(async () => {
    for (const app of apps) await app.close()
    await keyturn.close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    url,
    replica,
    sim,
    ready,
    keyturn,
    callers,
    log: lines,
    enrol: async (name, more = {}) => {
      const issued = await manage.add({
        name,
        grants: [GRANT],
        faces: ['oauth', 'soap', 'proxy'],
        ranges: ['127.0.0.1'],
        expiresAt: Date.now() + 86_400_000,
        virtualUser: `${name}@legacy.example`,
        ...more,
      })
      return {
        id: issued.caller.id,
        name,
        secret: issued.secret.reveal(),
        username: issued.caller.doc.virtualUser ?? '',
        password: issued.password?.reveal() ?? '',
        refreshToken: issued.refreshTokens[GRANT]?.reveal() ?? '',
      }
    },
    remove: async (name) => void (await manage.remove(name)),
    later: (ms) => {
      moved += ms
    },
    counts: () => sim.control.oracle().total,
    expire: () => void sim.control.expireAccessTokens(),
  }
}

/** POST of a form. */
export const post = async (
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{
  readonly status: number
  readonly body: Record<string, string>
  readonly text: string
  readonly headers: Headers
}> => {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
  const text = await answer.text()
  let body: Record<string, string> = {}
  try {
    body = JSON.parse(text) as Record<string, string>
  } catch {
    // Not all answers are JSON.
  }
  return { status: answer.status, body, text, headers: answer.headers }
}

export const login = async (broker: TestBroker, caller: Enrolled): Promise<Record<string, string>> =>
  (
    await post(`${broker.url}/services/oauth2/token`, {
      grant_type: 'client_credentials',
      client_id: caller.id,
      client_secret: caller.secret,
    })
  ).body

export const SOQL = 'SELECT Id FROM Account LIMIT 1'

export const query = (url: string, token: string | undefined, scheme = 'Bearer'): Promise<Response> =>
  fetch(`${url}/services/data/v60.0/query?q=${encodeURIComponent(SOQL)}`, {
    headers: { authorization: `${scheme} ${token ?? ''}` },
  })
