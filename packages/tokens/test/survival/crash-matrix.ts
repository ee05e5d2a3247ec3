/**
 * SIGKILL at every step of an exchange and at the bytes of its answer that differ; then a restart, and the question
 * whether some way in works wherever one can.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AppSettings, FaultAction, Position } from '@keyturn/simulator'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { startScene, type Scene } from './scene.ts'

const steps = [
  'journal-ready',
  'journal-sending',
  'claim',
  'look',
  'journal-answer',
  'answered',
  'journal-finished',
] as const
const positions: readonly Position[] = [
  'status-line',
  'mid-header',
  'header-end',
  'before-refresh-token',
  'after-refresh-token',
  'last-byte',
]

export type CrashPoint =
  | { readonly kind: 'step'; readonly at: string }
  /** The server holds the request: unprocessed, processed without a byte of answer, or paused within the answer. */
  | { readonly kind: 'wire'; readonly at: 'before' | 'after' | Position }

export const crashPoints: readonly CrashPoint[] = [
  ...steps.flatMap((step) => ['before', 'after'].map((side) => ({ kind: 'step', at: `${step}:${side}` }) as const)),
  ...(['before', 'after', ...positions] as const).map((at) => ({ kind: 'wire', at }) as const),
]

export type Spare = 'none' | 'same-cascade' | 'independent'

export interface CrashCell {
  readonly point: CrashPoint
  readonly reuse: AppSettings['reuse']
  readonly spare: Spare
  readonly postgres?: string
}

export interface CrashOutcome {
  readonly cell: string
  readonly alive: boolean
  readonly replays: number
  readonly problems: readonly string[]
}

export const nameOf = ({ point, reuse, spare, postgres }: CrashCell): string =>
  `${point.kind} ${point.at} · ${reuse} · spare ${spare} · ${postgres === undefined ? 'sqlite' : 'postgres'}`

const actionOf = (at: Extract<CrashPoint, { kind: 'wire' }>['at']): FaultAction =>
  at === 'before' ? { holdBefore: true } : at === 'after' ? { holdAfter: true } : { pauseAt: at }

export const runCell = async (cell: CrashCell): Promise<CrashOutcome> => {
  const scene = await startScene({
    seed: nameOf(cell),
    app: { reuse: cell.reuse },
    ...(cell.postgres === undefined ? {} : { postgres: cell.postgres }),
  })
  const problems: string[] = []
  try {
    const id = await prepare(scene, cell.spare)
    await dieOnce(scene, cell.point, problems)
    scene.sim.control.removeFaults()
    scene.sim.control.release()

    // A restart on the same host; nobody does anything but call the API.
    const keyturn = await scene.open()
    const alive = await calling(
      scene,
      async () => (await keyturn.fetch('g', '/services/data/v66.0/sobjects/Account/describe')).status === 200,
    )
    const verdict = scene.sim.control.oracle()
    const grant = verdict.grants.find((one) => one.grant === id)
    const view = await keyturn.grants.show('g')
    if (!alive && cell.spare !== 'none') problems.push(`no way in though there is a spare (${view.status})`)
    if (!alive && grant?.live === true && grant.delivered)
      problems.push(`no way in though the token lives and was delivered (${view.status})`)
    if (verdict.total.reusesWhileAlive > 0)
      problems.push(`${verdict.total.reusesWhileAlive} reuses while something was alive`)
    if (verdict.total.grantsLostKeepable > 0) problems.push('a grant that could be kept was lost')
    if (verdict.total.orderedReplays > verdict.total.unknownOutcomes)
      problems.push('more replays than unknown outcomes')
    if (!alive && view.status === 'live') problems.push('not alive, and says so nowhere')
    const ledger = await verifyStoreLedger(keyturn.store)
    if (!ledger.ok) problems.push(`ledger: ${ledger.why}`)
    await keyturn.close()
    for (const leak of scene.leaks()) problems.push(`a secret leaked: ${leak.slice(0, 6)}…`)
    return { cell: nameOf(cell), alive, replays: verdict.total.orderedReplays, problems }
  } finally {
    await scene.close()
  }
}

const prepare = async (scene: Scene, spare: Spare): Promise<string> => {
  const keyturn = await scene.open()
  const user = 'user0@acme.example'
  const jwt = scene.sim.orgs[0]?.apps.find((app) => app.name === 'Jwt')
  if (jwt?.privateKey == null) throw new Error('the seeded org has no JWT app')
  const way = {
    flow: 'jwt_bearer',
    clientId: jwt.clientId,
    privateKey: jwt.privateKey,
    username: user,
    audience: scene.sim.url,
  } as const
  // A JWT login needs an approval of its app: the grant itself in the same app, another approval elsewhere.
  if (spare === 'independent') scene.sim.control.grant({ user, app: 'Jwt' })
  const id = await scene.add(keyturn, 'g', {
    user,
    app: spare === 'same-cascade' ? 'Jwt' : 'Web',
    ...(spare === 'none' ? {} : { fallback: [way] }),
  })
  await keyturn.token('g')
  await keyturn.close()
  scene.sim.control.expireAccessTokens()
  scene.sim.control.moveClock({ advanceMs: 120_000 })
  const again = await scene.open()
  // Known dead before the exchange that is going to be killed.
  await again.store.apply((await again.grants.show('g')).id, { type: 'rejected', generation: 1, probe: 'dead' })
  await again.close()
  return id
}

/** Runs the child until it is dead at the point. */
const dieOnce = async (scene: Scene, point: CrashPoint, problems: string[]): Promise<void> => {
  const fault =
    point.kind === 'wire'
      ? scene.sim.control.addFault({
          match: { endpoint: 'token', grantType: 'refresh_token' },
          action: actionOf(point.at),
        })
      : null
  const env = scene.childEnvironment({ dieAt: point.kind === 'step' ? point.at : null, grant: 'g' })
  const child = fork(join(import.meta.dirname, 'crash-child.ts'), [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => scene.output.push(bytes.toString()))
  const gone = once(child, 'exit').then(([, signal]) => {
    if (signal !== 'SIGKILL') problems.push(`the child was to be killed and ended otherwise (${String(signal)})`)
  })
  let kept = 0
  const message = (wanted: (message: { ready?: boolean; kept?: number; ended?: string }) => boolean): Promise<void> =>
    new Promise((resolve) => {
      child.on('message', (got: { ready?: boolean; kept?: number; ended?: string }) =>
        wanted(got) ? resolve() : undefined,
      )
      child.on('exit', () => resolve())
    })
  child.on('message', (got: { kept?: number; ended?: string }) => {
    kept += got.kept ?? 0
    if (got.ended !== undefined) problems.push(`the child was to die and ended: ${got.ended}`)
  })
  await message((got) => got.ready === true)
  child.send({ go: true })
  if (fault !== null) {
    const held = await scene.sim.control.held({ fault: fault.id, timeoutMs: 20_000 })
    const request = held[0]?.request
    if (request === undefined) problems.push('the request never reached the server')
    // What went out before the pause either is on the client's disk when it dies, or is declared lost to the oracle.
    const body = point.at === 'before-refresh-token' || point.at === 'after-refresh-token' || point.at === 'last-byte'
    for (let tries = 0; body && kept === 0 && tries < 400; tries++)
      await new Promise((resolve) => setTimeout(resolve, 5))
    if (body && kept === 0) problems.push('nothing of the body was kept though it was sent')
    child.kill('SIGKILL')
    await gone
    if (!body && request !== undefined && point.at !== 'before') scene.sim.control.declareUndelivered({ request })
  } else {
    await gone
    if (point.at === 'journal-answer:before') {
      // The answer was read and the process died before it was certain to be written: it may be lost.
      const sent = scene.sim.control.log().findLast((event) => event.kind === 'sent')
      if (sent !== undefined && kept === 0) scene.sim.control.declareUndelivered({ request: sent.request })
    }
  }
}

/** Calls while the clock moves on: some way in must come back without a person, if there is one. */
const calling = async (scene: Scene, call: () => Promise<boolean>): Promise<boolean> => {
  let alive = false
  for (let n = 0; n < 4; n++) {
    alive = await call().catch(() => false)
    if (alive) return true
    scene.sim.control.moveClock({ advanceMs: 120_000 })
  }
  return alive
}
