/** What a fleet stands on: an org, a PostgreSQL of its own, three hosts with their ways to both, grants and callers. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { AddFallback, GrantView, Keyturn } from '@keyturn/tokens'
import { startSimulator } from '@keyturn/simulator'
import type { AppSettings, Simulator } from '@keyturn/simulator'
import { startPostgres } from '../../../../../test/postgres.ts'
import type { Postgres } from '../../../../../test/postgres.ts'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import { openLog } from '../../../src/broker/log.ts'
import { openBalancer } from './balancer.ts'
import type { Balancer } from './balancer.ts'
import { kinds } from './client-kinds.ts'
import type { ClientSetup } from './client-kinds.ts'
import { openBorder } from './egress.ts'
import { relayTo } from './relay.ts'
import { makeReplica } from './replica.ts'
import type { Replica } from './replica.ts'

export interface Member {
  readonly name: string
  readonly user: string
  /** The simulator's id of the grant. */
  readonly id: string
  readonly spare: 'none' | 'client-credentials' | 'jwt'
}

export interface Program extends ClientSetup {
  readonly grant: string
}

export interface Stage {
  readonly sim: Simulator
  readonly postgres: Postgres
  readonly replicas: readonly Replica[]
  readonly balancer: Balancer
  /** On the store, by a way of its own; it never spends. */
  readonly keyturn: Keyturn
  readonly members: readonly Member[]
  readonly programs: readonly Program[]
  readonly folder: string
  show(grant: string): Promise<GrantView>
  close(): Promise<void>
}

export interface StageOptions {
  readonly seed: string
  readonly reuse: AppSettings['reuse']
  readonly grants: number
  readonly callers: number
  readonly pick: (n: number) => number
}

const HOST = 'acme.my.salesforce.com'
const LOGIN_URL = `https://${HOST}`
const spares = ['none', 'client-credentials', 'jwt'] as const
/** Minutes in a company: how long a request may wait in a queue, and how often a doubt is tried again. */
const policy = { drain: 2_000, replayBackoff: 1_000, replayBackoffMax: 5_000 }

export const setStage = async (options: StageOptions): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-broker-fleet-'))
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })]
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    const users = Array.from({ length: options.grants }, (_, n) => ({ username: `user${n}@acme.example` }))
    const api = { username: 'api@acme.example', apiOnly: true }
    const sim = await startSimulator({ seed: options.seed, orgs: [{ name: 'acme', users: [...users, api] }] })
    undo.push(() => sim.close())
    sim.control.changeOrg({ settings: { soapLogin: false, instanceUrl: LOGIN_URL } })
    for (const app of ['Web', 'Jwt']) sim.control.changeApp({ app, settings: { rotation: true, reuse: options.reuse } })

    const postgres = await startPostgres({ after: (stop) => undo.push(stop) })
    const masterKey = randomBytes(32)
    const keyturn = await openKeyturn({
      store: postgres.url,
      masterKey,
      stateFolder: join(folder, 'operator'),
      env: {},
      migrate: true,
    })
    undo.push(() => keyturn.close())

    const members: Member[] = []
    for (const [n, { username }] of users.entries()) {
      members.push(await enrol(sim, keyturn, `grant${n}`, username, spares[n % spares.length] ?? 'none'))
    }

    const border = openBorder(HOST, sim.port)
    const replicas: Replica[] = []
    for (const name of ['one', 'two', 'three']) {
      const toSalesforce = await border.egress()
      const toPostgres = await relayTo(postgres.port)
      undo.push(
        () => toSalesforce.close(),
        () => toPostgres.close(),
      )
      const { authority } = border
      replicas.push(
        makeReplica({
          ...{ name, authority, toSalesforce, toPostgres },
          folder: join(folder, name),
          store: postgres.url,
          masterKey: masterKey.toString('hex'),
        }),
      )
    }
    undo.push(() => Promise.all(replicas.map((replica) => replica.kill())))
    await Promise.all(replicas.map((replica) => replica.start()))
    const balancer = await openBalancer(replicas)
    undo.push(() => balancer.close())

    const programs = await enrolPrograms(keyturn, members, balancer.urls, options)
    return { sim, postgres, replicas, balancer, keyturn, members, programs, folder, show: keyturn.grants.show, close }
  } catch (error) {
    await close()
    throw error
  }
}

const enrol = async (
  sim: Simulator,
  keyturn: Keyturn,
  name: string,
  user: string,
  spare: Member['spare'],
): Promise<Member> => {
  const {
    grant: id,
    clientId,
    clientSecret,
    refreshToken,
    accessToken,
    org,
    userId,
  } = sim.control.grant({ user, app: 'Web' })
  // A JWT login needs an approval of its app.
  if (spare === 'jwt') sim.control.grant({ user, app: 'Jwt' })
  const fallback = spareOf(sim, user, spare)
  await keyturn.grants.add({
    ...{ name, clientId, clientSecret, refreshToken, accessToken, policy },
    flow: 'refresh_token',
    loginUrl: LOGIN_URL,
    instanceUrl: LOGIN_URL,
    username: user,
    identity: { orgId: org, userId },
    ...(fallback === null ? {} : { fallback: [fallback] }),
  })
  return { name, user, id, spare }
}

const spareOf = (sim: Simulator, username: string, spare: Member['spare']): AddFallback | null => {
  if (spare === 'none') return null
  const app = sim.orgs[0]?.apps.find(({ name }) => name === (spare === 'jwt' ? 'Jwt' : 'Server'))
  if (app === undefined) throw new Error('the seeded org has no such app')
  const { clientId, clientSecret, privateKey } = app
  if (spare === 'client-credentials') return { flow: 'client_credentials', clientId, clientSecret, otherUser: true }
  if (privateKey === null) throw new Error('the JWT app has no key')
  return { flow: 'jwt_bearer', clientId, privateKey, username, audience: sim.url }
}

/** Every kind with every grant; which replica a caller usually meets is drawn. */
const enrolPrograms = async (
  keyturn: Keyturn,
  members: readonly Member[],
  urls: readonly string[],
  { callers, pick }: StageOptions,
): Promise<readonly Program[]> => {
  const log = openLog({ clock: systemClock, level: 'silent', write: () => undefined })
  const manage = manageCallers({ keyturn, clock: systemClock, random: randomBytes, log })
  const programs: Program[] = []
  for (let n = 0; n < callers; n++) {
    const grant = members[n % members.length]?.name ?? ''
    const kind = kinds[(n + Math.floor(n / members.length)) % kinds.length] ?? 'raw-secret'
    const name = `${kind}-${n}`
    const username = `${name}@legacy.example`
    const { caller, secret, password, refreshTokens } = await manage.add({
      name,
      grants: [grant],
      faces: ['oauth', 'soap', 'proxy'],
      ranges: ['127.0.0.1'],
      expiresAt: systemClock.wall() + 86_400_000,
      virtualUser: username,
    })
    programs.push({
      ...{ name, kind, grant, username },
      url: urls[pick(urls.length)] ?? '',
      id: caller.id,
      secret: secret.reveal(),
      password: password?.reveal() ?? '',
      refreshToken: refreshTokens[grant]?.reveal() ?? '',
    })
  }
  return programs
}
