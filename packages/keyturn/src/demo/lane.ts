/**
 * One client on one side, with everything of its own: a simulated org per scenario, a clock, a folder, four processes.
 * Lanes share nothing, so they run at the same time and no number of one contains anything of another.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyturn } from '@keyturn/tokens'
import type { AddFallback, Keyturn } from '@keyturn/tokens'
import type { ClientPackage } from './clients.ts'
import { callsServed, numbersOf } from './counts.ts'
import type { Seen } from './counts.ts'
import { startWorker } from './fleet.ts'
import type { Worker } from './fleet.ts'
import { followClock } from './follow-clock.ts'
import type { Login, Side, WorkerSetup } from './messages.ts'
import { loadSimulator } from '../sim/load-simulator.ts'
import type { Simulator } from '../sim/load-simulator.ts'
import { APP, orgOf, SPARE_APP } from './org.ts'
import type { Scenario, Stage } from './scenario.ts'

export const PROCESSES = 4
const MINUTE = 60_000
/** A call that has no answer after so many real ms has failed, unless the scenario says otherwise. */
const PATIENCE = 50_000
/** How often it is tried, an hour apart, whether some way in works. */
const TRIES = 3

export interface Lane {
  play(scenario: Scenario): Promise<Seen>
  close(): Promise<void>
}

export const openLane = async (options: {
  readonly client: ClientPackage
  readonly side: Side
  readonly folder: string
  readonly scenarios: readonly Scenario[]
  readonly started: () => void
}): Promise<Lane> => {
  const { client, side, folder } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const clockFile = join(folder, 'clock.json')
  const startSimulator = await loadSimulator()
  const orgs = options.scenarios.map(({ org }) => ({ name: org }))
  const sim = await startSimulator({ seed: client.name, clockFile, orgs })
  const key = randomBytes(32)
  const setup: WorkerSetup = { client: client.name, side, folder, clockFile }
  const workers: Worker[] = []
  // Opened first: the processes then find a store that is made.
  const store = { store: `sqlite:${join(folder, 'keyturn.db')}`, masterKey: new Uint8Array(key) }
  const keyturn = side === 'with' ? await openKeyturn({ ...store, clock: followClock(clockFile) }) : null
  const start = async (): Promise<Worker> => {
    const worker = await startWorker(setup, key.toString('base64'))
    options.started()
    return worker
  }
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()))
    await keyturn?.close()
    await sim.close()
  }
  try {
    // The first leaves its compiled code for the others.
    workers.push(await start())
    workers.push(...(await Promise.all(Array.from({ length: PROCESSES - 1 }, start))))
  } catch (error) {
    await close()
    throw error
  }

  const worker = (index: number): Worker => {
    const found = workers[index]
    if (found === undefined) throw new Error(`There is no process ${index}`)
    return found
  }

  const play = async (scenario: Scenario): Promise<Seen> => {
    const org = orgOf(sim, scenario.org)
    const login = authorise(sim, scenario)
    if (keyturn === null) await worker(0).ask({ type: 'store', login })
    else await addGrant(keyturn, sim, scenario, login)
    const { accessToken: _access, refreshToken: _refresh, ...account } = login
    const connect = (index: number): Promise<unknown> => worker(index).ask({ type: 'connect', login: account })
    // One first: @salesforce/core makes a key file on first use, and several processes at once read it half written.
    await connect(0)
    await Promise.all(workers.slice(1).map((_, index) => connect(index + 1)))

    let asked = 0
    let told: readonly string[] = []
    const problems = new Set<string>()
    const call = async (index: number, times: number, limit: number): Promise<readonly string[]> => {
      asked += times
      const answered = await worker(index).ask({ type: 'call', times }, limit)
      const results = answered ?? Array.from({ length: times }, () => 'no-answer')
      told = results.filter((code) => code !== 'ok')
      return results
    }
    const stage: Stage = {
      side,
      org,
      passTime: (minutes) => sim.clock.advance(minutes * MINUTE),
      everybody: async (times, limit = PATIENCE) =>
        (await Promise.all(workers.map((_, index) => call(index, times, limit)))).flat(),
      one: async (index) => (await call(index, 1, PATIENCE))[0] ?? 'no-answer',
      caughtUp: async (index) => {
        // One round of its event loop may have begun before the bytes came; the third has not.
        for (let n = 0; n < 3; n++) await worker(index).ask({ type: 'ping' })
      },
      kill: (index) => worker(index).kill(),
      restart: async (index) => {
        workers[index] = await startWorker(setup, key.toString('base64'))
        await connect(index)
      },
      housekeeping: async () => void (keyturn === null ? null : await worker(0).ask({ type: 'sweep' })),
      demand: (held, otherwise) => {
        if (!held && side === 'with') problems.add(otherwise)
      },
      demandCalls: (codes, wanted, otherwise) => {
        const others = [...new Set(codes.filter((code) => !wanted.includes(code)))]
        if (others.length > 0 && side === 'with') problems.add(`${otherwise} (${others.join(', ')})`)
      },
    }
    const before = sim.control.log().length
    await scenario.run(stage)
    const calls = { asked, served: callsServed(org.log(before)) }

    // Whoever still gets in now, as a process that starts afresh, has not lost the access.
    let alive = false
    org.mend()
    for (let n = 0; n < TRIES && !alive; n++) {
      stage.passTime(60)
      await connect(n)
      alive = (await worker(n).ask({ type: 'call', times: 1 }))?.[0] === 'ok'
    }
    return { ...numbersOf(org, calls, alive), told, problems: [...problems] }
  }

  return { play, close }
}

const authorise = (sim: Simulator, { org }: Scenario): Login => {
  const ready = sim.control.grant({ org, user: `integration@${org}.example`, app: APP })
  const { username, instanceUrl, clientId, clientSecret, accessToken, refreshToken } = ready
  return { username, orgId: ready.org, instanceUrl, clientId, clientSecret, accessToken, refreshToken }
}

const addGrant = async (keyturn: Keyturn, sim: Simulator, scenario: Scenario, login: Login): Promise<void> => {
  const { username, instanceUrl, clientId, clientSecret, accessToken, refreshToken } = login
  await keyturn.grants.add({
    name: username,
    loginUrl: instanceUrl,
    instanceUrl,
    clientId,
    clientSecret,
    accessToken,
    refreshToken,
    username,
    flow: 'refresh_token',
    ...(scenario.spare ? { fallback: [spareOf(sim, scenario, login)] } : {}),
    ...(scenario.sessionTimeout === undefined ? {} : { sessionTimeout: scenario.sessionTimeout * MINUTE }),
  })
}

const spareOf = (sim: Simulator, scenario: Scenario, { username, instanceUrl }: Login): AddFallback => {
  const app = sim.orgs.find(({ name }) => name === scenario.org)?.apps.find(({ name }) => name === SPARE_APP)
  if (app?.privateKey == null) throw new Error('The simulated org has no app that takes JWT logins')
  // The user has approved that app, too.
  sim.control.grant({ org: scenario.org, user: username, app: SPARE_APP })
  return { flow: 'jwt_bearer', clientId: app.clientId, privateKey: app.privateKey, username, audience: instanceUrl }
}
