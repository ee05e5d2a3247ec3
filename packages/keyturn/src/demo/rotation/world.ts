/**
 * What somebody would have who rotates: a folder with a keyturn.yaml and a store, opened by the same code as
 * `keyturn rotate` opens it, on the simulated clock.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { Clock, Keyturn } from '@keyturn/tokens'
import { openRotationOf } from '../../wiring/rotation-opened.ts'
import type { Run } from '../../rotation/credential.ts'
import type { Rotation } from '../../rotation/rotation.ts'
import { openOptions, readSettings } from '../../settings.ts'
import type { Simulator } from '../../sim/load-simulator.ts'
import { movedClock } from '../moved-clock.ts'
import { administrator, machine, robot, rotator, startOrg } from './org.ts'
import type { RotationOrg } from './org.ts'

export interface World {
  readonly folder: string
  readonly sim: Simulator
  /** PEM of the app whose deployment is reverted. */
  readonly billingCertificate: string
  readonly clock: Clock
  readonly keyturn: Keyturn
  readonly rotation: Rotation
  /** What `keyturn` needs to know when it is started in the folder. */
  readonly environment: NodeJS.ProcessEnv
  /** Turns a credential to where it is over or stuck; time goes to where the run waits for it, after `round`. */
  turn(name: string, round?: (run: Run) => Promise<void>): Promise<Run>
  close(): Promise<void>
}

/** More than any run needs: one that needs more goes on for ever. */
const ROUNDS = 500

export const credentials = {
  token: 'etl-user',
  pair: 'erp-app',
  certificate: 'sync-key',
  reverted: 'billing-key',
} as const
/** Grants of the store: two that administer, and one for each client that goes on while its credential is turned. */
export const grants = { pair: 'erp', certificate: 'sync', reverted: 'billing' } as const
export const envFile = (credential: string): string => `${credential}.env`

const everyQuarter = { preset: 'sbs-acs-009' }
const owner = 'integrations@acme.example'

const configOf = (mailPort: number): string => {
  const common = (name: string) => ({ owner, destinations: [name], schedule: everyQuarter, drain: { quiet: '4h' } })
  const key = (app: string) => ({ kind: 'certificate', org: 'rotator', app, username: machine, keySize: 2048 })
  const nights = { every: '180d', lead: '14d', window: { days: ['sat', 'sun'], from: '01:00', to: '04:00' } }
  return stringify({
    version: 1,
    mailboxes: { tokens: { kind: 'smtp', port: mailPort, recipients: [robot], acceptUnauthenticated: true } },
    destinations: Object.fromEntries(
      Object.values(credentials).map((name) => [name, { kind: 'env-file', file: envFile(name), create: true }]),
    ),
    credentials: {
      [credentials.token]: {
        ...common(credentials.token),
        ...{ kind: 'security-token', org: 'admin', user: robot, mailbox: 'tokens', firstRunUnattended: true },
      },
      [credentials.pair]: { ...common(credentials.pair), kind: 'external-client-app', org: 'rotator', app: 'Erp' },
      [credentials.certificate]: { ...common(credentials.certificate), ...key('Sync'), schedule: nights },
      [credentials.reverted]: { ...common(credentials.reverted), ...key('Billing'), schedule: nights },
    },
  })
}

export const openWorld = async (folder: string): Promise<World> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const mailPort = await freePort()
  writeFileSync(join(folder, 'keyturn.yaml'), configOf(mailPort))
  const org = await startOrg(systemClock.wall(), mailPort)
  const { sim } = org
  const clock = movedClock(() => sim.clock.offset())
  const environment = { KEYTURN_MASTER_KEY: randomBytes(32).toString('base64') }
  const settings = await readSettings({}, folder, environment)
  const keyturn = await openKeyturn({ ...openOptions(settings), clock })
  await addGrants(org, keyturn)
  const { rotation, close } = openRotationOf({ keyturn, settings }, { clock })
  return {
    ...{ folder, sim, clock, keyturn, rotation, environment },
    billingCertificate: org.billing.certificate,
    async turn(name, round = async () => undefined) {
      await rotation.start(name, { why: 'the demo', who: 'demo', attended: false })
      for (let rounds = 0; rounds < ROUNDS; rounds++) {
        const { run, over } = await rotation.advance(name, { attended: false })
        await round(run)
        if (over || run.state === 'halted' || run.state === 'waiting-for-person') return run
        sim.clock.advance(Math.max(1_000, (run.waitUntil ?? 0) - clock.wall()))
      }
      throw new Error(`The rotation of ${name} goes on for ever`)
    },
    async close() {
      await close()
      await keyturn.close()
      await sim.close()
    },
  }
}

const addGrants = async ({ sim, erp, sync, billing }: RotationOrg, keyturn: Keyturn): Promise<void> => {
  const loginUrl = sim.url
  for (const [name, user] of Object.entries({ admin: administrator, rotator })) {
    const { clientId, clientSecret, refreshToken } = sim.control.grant({ user, app: 'Web' })
    await keyturn.grants.add({ name, loginUrl, clientId, clientSecret, refreshToken, flow: 'refresh_token' })
  }
  const { clientId, clientSecret } = erp
  await keyturn.grants.add({ name: grants.pair, loginUrl, clientId, clientSecret, flow: 'client_credentials' })
  for (const [name, app] of [
    [grants.certificate, sync],
    [grants.reverted, billing],
  ] as const) {
    const { clientId: consumer, privateKey } = app
    await keyturn.grants.add({ name, loginUrl, clientId: consumer, privateKey, username: machine, flow: 'jwt_bearer' })
  }
}

/**
 * A port of this machine on which nothing listens: keyturn.yaml says which one its inbox takes. Below those that systems
 * give to connections (from 32768 on Linux, 49152 elsewhere): the demo makes thousands, and the inbox opens later.
 */
const freePort = async (): Promise<number> => {
  const port = randomInt(20_000, 32_000)
  const probe = createServer().listen(port, '127.0.0.1')
  const free = await once(probe, 'listening').then(
    () => true,
    () => false,
  )
  if (!free) return freePort()
  probe.close()
  await once(probe, 'close')
  return port
}
