/**
 * A fleet at work while everything goes wrong: four processes, several grants, faults drawn from a seed, processes
 * killed, time moved. What counts is the simulator's oracle, which needs none of our code.
 */
import type { AppSettings, FaultAction, Position } from '@keyturn/simulator'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import type { Keyturn } from '../../src/index.ts'
import { seededRandom } from './seeded-random.ts'
import { startScene, type Scene, type Worker } from './scene.ts'

export interface FleetOptions {
  readonly seed: string
  readonly app: Partial<AppSettings>
  readonly postgres?: string
  /** Ends when the server has sold so many exchanges. */
  readonly exchanges: number
  readonly processes?: number
  /** Grants, each of a user of its own; default 6, one of each kind. */
  readonly members?: number
  readonly callers?: number
  readonly kills?: boolean
}

export interface FleetReport {
  readonly rounds: number
  readonly exchanges: number
  readonly callsOk: number
  readonly callsFailed: Readonly<Record<string, number>>
  readonly kills: number
  readonly faults: number
  readonly unknownOutcomes: number
  readonly orderedReplays: number
  /** Replays that no unknown outcome of the same token allowed. */
  readonly surplusReplays: number
  readonly reuses: number
  readonly reusesWhileAlive: number
  readonly grantsLost: number
  readonly grantsLostKeepable: number
  readonly ledgerEntries: number
  readonly problems: readonly string[]
}

const positions: readonly Position[] = [
  'status-line',
  'mid-header',
  'header-end',
  'before-refresh-token',
  'after-refresh-token',
  'last-byte',
]

/** Faults of the token endpoint, in their order of unpleasantness. */
const actions = (pick: (n: number) => number): FaultAction => {
  const all: readonly FaultAction[] = [
    { drop: 'before' },
    { drop: 'after' },
    { drop: 'after', reset: true },
    { status: 503, when: 'before', html: true },
    { status: 500, when: 'after' },
    { html: true, status: 200, when: 'before' },
    { redirectTo: 'http://127.0.0.1:9' },
    { rateLimit: true },
    { delayAfterMs: 30 },
    { delayBeforeMs: 30 },
    { duplicate: 'together' },
    { cutAt: positions[pick(positions.length)] ?? 0 },
    { cutAt: positions[pick(positions.length)] ?? 0, reset: true },
    { cutAt: 1 + pick(1200) },
    { drip: { bytes: 64, everyMs: 1 } },
  ]
  return all[pick(all.length)] ?? { drop: 'after' }
}

interface Member {
  name: string
  /** The simulator's id of the grant. */
  id: string
  readonly index: number
  round: number
}

export const runFleet = async (options: FleetOptions): Promise<FleetReport> => {
  const random = seededRandom(options.seed)
  const pick = (n: number): number => Math.floor(random() * n)
  const grants = options.members ?? 6
  const scene = await startScene({
    users: grants,
    seed: options.seed,
    app: options.app,
    ...(options.postgres === undefined ? {} : { postgres: options.postgres }),
  })
  const keyturn = await scene.open()
  const problems: string[] = []
  const failed: Record<string, number> = {}
  let [ok, kills, faults, rounds] = [0, 0, 0, 0]
  try {
    const members = await Promise.all(
      Array.from({ length: grants }, (_, index) => enrolMember(scene, keyturn, index, 0)),
    )
    const workers: Worker[] = []
    for (let n = 0; n < (options.processes ?? 4); n++) workers.push(await scene.worker())

    const exchanges = (): number => scene.sim.control.oracle().total.exchanges
    while (exchanges() < options.exchanges) {
      rounds += 1
      if (rounds > options.exchanges * 4 + 200) {
        problems.push(`no progress: ${exchanges()} exchanges after ${rounds} rounds`)
        break
      }
      scene.sim.control.expireAccessTokens()
      for (let n = pick(3); n > 0; n--, faults++)
        scene.sim.control.addFault({ match: { endpoint: 'token' }, skip: pick(3), action: actions(pick) })
      const asked = workers.map((worker) =>
        worker.ask({
          type: 'call',
          round: rounds,
          grants: members.map(({ name }) => name),
          callers: options.callers ?? 2,
        }),
      )
      const victim = options.kills !== false && pick(4) === 0 ? pick(workers.length) : null
      if (victim !== null) {
        // Somewhere in the middle: the n-th request from now on has reached the server when the signal goes out.
        await arrival(scene, pick(3))
        await workers[victim]?.kill()
        kills += 1
      }
      for (const results of await Promise.all(asked)) {
        for (const codes of Object.values(results ?? {})) {
          for (const code of codes) {
            if (code === 'ok') ok += 1
            else failed[code] = (failed[code] ?? 0) + 1
            if (code.startsWith('CRASH') || code.startsWith('DEFECT')) problems.push(code)
          }
        }
      }
      if (victim !== null) workers[victim] = await scene.worker()
      scene.sim.control.moveClock({ advanceMs: [61_000, 61_000, 90_000, 300_000][pick(4)] ?? 61_000 })
      await replaceDead(scene, keyturn, members)
    }

    // Calm: what is in doubt now ends by itself, without a person.
    scene.sim.control.removeFaults()
    for (let n = 0; n < 8; n++) {
      await workers[0]?.ask({ type: 'sweep', round: 2_000_000 + n })
      scene.sim.control.expireAccessTokens()
      scene.sim.control.moveClock({ advanceMs: 300_000 })
      await workers[0]?.ask({ type: 'call', round: 1_000_000 + n, grants: members.map(({ name }) => name), callers: 1 })
    }
    await settled(scene, keyturn, members, problems)
    await Promise.all(workers.map((worker) => worker.stop()))
    const verdict = scene.sim.control.oracle()
    const ledger = await verifyStoreLedger(keyturn.store)
    if (!ledger.ok) problems.push(`ledger: ${ledger.why}`)
    await keyturn.close()
    for (const leak of scene.leaks()) problems.push(`a secret leaked: ${leak.slice(0, 6)}…`)
    const { total } = verdict
    return {
      rounds,
      exchanges: total.exchanges,
      callsOk: ok,
      callsFailed: failed,
      kills,
      faults,
      unknownOutcomes: total.unknownOutcomes,
      orderedReplays: total.orderedReplays,
      surplusReplays: total.surplusReplays,
      reuses: total.reuses,
      reusesWhileAlive: total.reusesWhileAlive,
      grantsLost: total.grantsLost,
      grantsLostKeepable: total.grantsLostKeepable,
      ledgerEntries: ledger.ok ? ledger.entries : 0,
      problems,
    }
  } finally {
    await keyturn.close()
    await scene.close()
  }
}

/** Three kinds: bare, with a spare of the same user and app, with an independent spare. */
const enrolMember = async (scene: Scene, keyturn: Keyturn, index: number, round: number): Promise<Member> => {
  const user = `user${index}@acme.example`
  const name = round === 0 ? `grant${index}` : `grant${index}-${round}`
  const jwt = scene.sim.orgs[0]?.apps.find((app) => app.name === 'Jwt')
  if (jwt?.privateKey == null) throw new Error('the seeded org has no JWT app')
  const spare = {
    flow: 'jwt_bearer',
    clientId: jwt.clientId,
    privateKey: jwt.privateKey,
    username: user,
    audience: scene.sim.url,
  } as const
  // Grants 2 and 3 live in the JWT app: their spare is of the same user and app, a replay could take it down.
  const kind = index % 6
  const app = kind === 2 || kind === 3 ? 'Jwt' : 'Web'
  const id = await scene.add(keyturn, name, { user, app, ...(kind >= 2 && kind <= 4 ? { fallback: [spare] } : {}) })
  return { name, id, index, round }
}

const replaceDead = async (scene: Scene, keyturn: Keyturn, members: Member[]): Promise<void> => {
  for (const [at, member] of members.entries()) {
    const view = await keyturn.grants.show(member.name)
    if (view.state.status !== 'dead') continue
    await keyturn.grants.remove(member.name)
    members[at] = await enrolMember(scene, keyturn, member.index, member.round + 1)
  }
}

/** At the end of the calm every grant lives by some way in, or the server says that nobody could have kept it. */
const settled = async (
  scene: Scene,
  keyturn: Keyturn,
  members: readonly Member[],
  problems: string[],
): Promise<void> => {
  const verdicts = new Map(scene.sim.control.oracle().grants.map((grant) => [grant.grant, grant]))
  for (const { name, id } of members) {
    const view = await keyturn.grants.show(name)
    const verdict = verdicts.get(id)
    const alive = await keyturn.fetch(name, '/services/data/v66.0/sobjects/Account/describe').then(
      ({ status }) => status === 200,
      () => false,
    )
    const spareHolds = view.fallback.some((spare) => !spare.independent && spare.state !== 'failed')
    if (verdict?.live === true && verdict.delivered && !alive)
      problems.push(`${name} is ${view.status} though its token lives and was delivered`)
    if (verdict?.live === true && view.state.status === 'in-doubt' && !spareHolds && verdict.delivered)
      problems.push(`${name} stays in doubt in calm weather`)
    if (view.state.spend !== null) problems.push(`${name} still has a claim`)
  }
}

/** Resolves when the n-th token request after now has arrived, or soon if none comes. */
const arrival = async (scene: Scene, n: number): Promise<void> => {
  const count = (): number => scene.sim.control.log().filter((event) => event.kind === 'arrived').length
  const before = count()
  for (let tries = 0; tries < 40 && count() <= before + n; tries++)
    await new Promise((resolve) => setTimeout(resolve, 2))
}
