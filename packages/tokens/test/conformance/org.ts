/** A simulated org with rotation on and one open Keyturn in this process, closed when the test ends. */
import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator, type AppSettings, type Counters, type ReadyGrant, type Simulator } from '@keyturn/simulator'
import type { OpenOptions } from '../../src/contract.ts'
import { openKeyturn, type AddGrant, type Keyturn } from '../../src/index.ts'
import { followClock } from '../survival/follow-clock.ts'

export const USER = 'integration@acme.example'
export const DESCRIBE = '/services/data/v66.0/sobjects/Account/describe'
export const MINUTE = 60_000
/** How long callers wait for an exchange: no busy machine reaches it, a test that wants it over moves the clock. */
export const WAIT = 30_000

interface TestContext {
  after(work: () => Promise<void>): void
}

export interface OrgScene {
  readonly sim: Simulator
  readonly folder: string
  readonly options: OpenOptions
  readonly keyturn: Keyturn
  /** Everything listeners were told. */
  readonly events: string[]
  /** Opens the same store once more, as another process would. */
  open(more?: Partial<OpenOptions>): Promise<Keyturn>
  ready(app?: string, user?: string): ReadyGrant
  add(more?: Partial<AddGrant> & { readonly app?: string }): Promise<ReadyGrant>
  /** The JWT app's way in for the same user: a spare of another app. */
  jwtSpare(): NonNullable<AddGrant['fallback']>[number]
  /** Sessions end, time goes on: tokens are neither alive nor young. */
  expire(): void
  advance(ms: number): void
  counters(): Counters
  /** Status of one API call through Keyturn, or the error's code. */
  call(name?: string): Promise<number | string>
}

export const startOrg = async (
  t: TestContext,
  settings: Partial<AppSettings> = {},
  more: Partial<OpenOptions> = {},
): Promise<OrgScene> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-conformance-'))
  const clockFile = join(folder, 'clock.json')
  const sim = await startSimulator({ seed: 'conformance', clockFile })
  for (const app of ['Web', 'Jwt']) sim.control.changeApp({ app, settings: { rotation: true, ...settings } })
  const options: OpenOptions = {
    store: `sqlite:${join(folder, 'keyturn.db')}`,
    masterKey: randomBytes(32),
    clock: followClock(clockFile),
    limits: { connect: WAIT, wait: WAIT, send: WAIT, doubt: 20_000, read: 200_000, stale: 20 },
    env: {},
    ...more,
  }
  const opened: Keyturn[] = []
  const open = async (extra: Partial<OpenOptions> = {}): Promise<Keyturn> => {
    const one = await openKeyturn({ ...options, ...extra })
    opened.push(one)
    return one
  }
  const keyturn = await open()
  t.after(async () => {
    sim.control.release()
    await Promise.all(opened.map((one) => one.close()))
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const events: string[] = []
  keyturn.on('*', ({ type }) => events.push(type))
  const ready = (app = 'Web', user = USER): ReadyGrant => sim.control.grant({ user, app })
  const advance = (ms: number): void => void sim.control.moveClock({ advanceMs: ms })
  return {
    sim,
    folder,
    options,
    keyturn,
    events,
    open,
    ready,
    advance,
    add: async ({ app, ...input } = {}) => {
      const grant = ready(app)
      await keyturn.grants.add({
        name: 'acme',
        loginUrl: grant.instanceUrl,
        clientId: grant.clientId,
        clientSecret: grant.clientSecret,
        refreshToken: grant.refreshToken,
        username: USER,
        flow: 'refresh_token',
        ...input,
      })
      return grant
    },
    jwtSpare: () => {
      const app = sim.orgs[0]?.apps.find(({ name }) => name === 'Jwt')
      if (app?.privateKey == null) throw new Error('the seeded org has no JWT app')
      return {
        flow: 'jwt_bearer',
        clientId: app.clientId,
        privateKey: app.privateKey,
        username: USER,
        audience: sim.url,
      }
    },
    expire: () => {
      sim.control.expireAccessTokens()
      advance(2 * MINUTE)
    },
    counters: () => sim.control.oracle().total,
    call: (name = 'acme') =>
      keyturn.fetch(name, DESCRIBE).then(
        ({ status }) => status,
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      ),
  }
}
