/** What goes wrong, one thing at a time; each waits for protocol states and for callers, never for luck. */
import { join } from 'node:path'
import type { Fault, FaultAction } from '@keyturn/simulator'
import { systemClock } from '@keyturn/tokens'
import { journalKeyOf } from '../../../../tokens/src/journal/frame.ts'
import { readJournals } from '../../../../tokens/src/journal/read.ts'
import type { Crowd } from './crowd.ts'
import type { Replica } from './replica.ts'
import type { Member, Stage } from './stage.ts'

export interface Scene {
  readonly stage: Stage
  readonly crowd: Crowd
  /** The grant that is hit. */
  readonly member: Member
  /** The replica that is hit, where it is not whoever owns the claim. */
  readonly replica: Replica
  /** Ends every access token there is; counted. */
  expire(): void
}

/** In ms of the store's clock. */
export interface Measured {
  /** Grants whose exchanges the owner had claimed when it died. */
  readonly claimed?: readonly string[]
  readonly deathToDoubt?: number
  readonly deathToSpare?: number
  /** Without a spare, or once the host is back: until the grant's own token serves again. */
  readonly deathToLive?: number
  /** How long every replica was out; on this machine's clock. */
  readonly outage?: number
}

export const faults = {
  expiry: async ({ crowd, expire }: Scene): Promise<Measured> => {
    expire()
    await crowd.everybodyThrough('after an expiry')
    return {}
  },
  /** The request never reaches the org, and the host that could say so is away. */
  'killed between claim and answer': async (scene: Scene): Promise<Measured> => {
    const { owner, held } = await caught(scene, { holdBefore: true, drop: 'before' })
    return died(scene, owner, () => void scene.stage.sim.control.release(held.id))
  },
  /** The host has the whole new refresh token in its journal, and nobody else has. */
  'killed between answer and commit': async (scene: Scene): Promise<Measured> => {
    const { owner, held } = await caught(scene, { pauseAt: 'after-refresh-token' })
    await until('the answer is in the journal', () => hasHeard(scene, owner, false))
    return died(scene, owner, () => void scene.stage.sim.control.release(held.id))
  },
  'cut off from PostgreSQL and killed': async (scene: Scene): Promise<Measured> => {
    const { owner, held } = await caught(scene, { holdAfter: true })
    owner.toPostgres.cut('silence')
    scene.stage.sim.control.release(held.id)
    await until('the answer is in the journal', () => hasHeard(scene, owner, true))
    return died(scene, owner, () => owner.toPostgres.mend())
  },
  'cut off from both in mid-exchange and killed': async (scene: Scene): Promise<Measured> => {
    const { owner, held, request } = await caught(scene, { holdAfter: true })
    const { control } = scene.stage.sim
    owner.toPostgres.cut('silence')
    owner.toSalesforce.cut('reset')
    control.release(held.id)
    // The relay was cut before: its kernel may still take the bytes.
    control.declareUndelivered({ request })
    const mend = (): void => {
      owner.toPostgres.mend()
      owner.toSalesforce.mend()
    }
    return died(scene, owner, mend, false)
  },
  'PostgreSQL restarted': async (scene: Scene): Promise<Measured> => {
    const { stage, crowd } = scene
    const { held } = await caught(scene, { holdAfter: true })
    const began = systemClock.boot()
    await stage.postgres.kill()
    stage.sim.control.release(held.id)
    await until('the replicas say so', async () => (await ready(stage)).every((one) => !one))
    await stage.postgres.start()
    await until('the replicas are ready again', async () => (await ready(stage)).every(Boolean))
    const outage = systemClock.boot() - began
    stage.balancer.forgive()
    await crowd.everybodyThrough('after the restart of PostgreSQL')
    return { outage }
  },
  'one cut off from Salesforce': async ({ stage, crowd, replica, expire }: Scene): Promise<Measured> => {
    replica.toSalesforce.cut('reset')
    expire()
    await crowd.everybodyThrough('while one replica is cut off from Salesforce')
    replica.toSalesforce.mend()
    stage.balancer.forgive()
    await crowd.everybodyThrough('when it is back')
    return {}
  },
  'one cut off from PostgreSQL': async ({ stage, crowd, replica, expire }: Scene): Promise<Measured> => {
    const at = stage.replicas.indexOf(replica)
    replica.toPostgres.cut('silence')
    await until('it says so', async () => (await ready(stage))[at] === false)
    expire()
    await crowd.everybodyThrough('while one replica is cut off from PostgreSQL')
    replica.toPostgres.mend()
    await until('it is ready again', async () => (await ready(stage))[at] === true)
    stage.balancer.forgive()
    await crowd.everybodyThrough('when it is back')
    return {}
  },
  /** The org has sold the token and the answer is gone: without a spare nothing could be kept, with one all get through. */
  'lost answer': async ({ stage, crowd, member, expire }: Scene): Promise<Measured> => {
    stage.sim.control.addFault({ match: tokenOf(member), action: { drop: 'after' } })
    expire()
    await crowd.everybodyThrough('after a lost answer')
    return {}
  },
} as const

export type FaultName = keyof typeof faults

/** The org has sold a token that reaches nobody: only a grant with a spare can be served after that. */
export const losesAnswer: ReadonlySet<FaultName> = new Set<FaultName>([
  'lost answer',
  'cut off from both in mid-exchange and killed',
])

const tokenOf = ({ user }: Member) => ({ endpoint: 'token', grantType: 'refresh_token', user })

const pidOf = (holder: { readonly process: string } | null | undefined): number | null =>
  holder == null ? null : Number(holder.process.split('/')[2])

/** An exchange of the grant, held at the org; and whose it is, from the store. */
const caught = async (
  { stage, member, expire }: Scene,
  action: FaultAction,
): Promise<{ readonly owner: Replica; readonly held: Fault; readonly request: number }> => {
  const held = stage.sim.control.addFault({ match: tokenOf(member), action })
  const { store, grants } = stage.keyturn
  const before = await store.now()
  expire()
  const [request] = await stage.sim.control.held({ fault: held.id, timeoutMs: 60_000 })
  if (request === undefined) throw new Error(`no exchange of ${member.name} was held`)
  const pid = pidOf((await stage.show(member.name)).state.spend?.holder)
  const owner = stage.replicas.find((replica) => pid !== null && replica.pid === pid)
  if (owner === undefined) throw new Error(`nobody owns the claim of ${member.name}`)
  // Everybody's token ended. An answer of another grant that dies on the relay with its owner would be a second fault.
  await until('the other grants have their new tokens', async () =>
    (await grants.list()).every(
      ({ name, state: { spend, mintedAt } }) => name === member.name || (spend === null && mintedAt > before),
    ),
  )
  return { owner, held, request: request.request }
}

/**
 * The owner dies; others notice; where there is a spare it serves; the host comes back and tells what it knows.
 * `recovers`: that brings the grant's own token back.
 */
const died = async (scene: Scene, owner: Replica, afterwards: () => void, recovers = true): Promise<Measured> => {
  const { stage, crowd, member } = scene
  const { pid } = owner
  await owner.kill()
  const deathAt = await stage.keyturn.store.now()
  afterwards()
  const hit = (await stage.keyturn.grants.list()).filter(({ state: { spend, doubt } }) =>
    [spend, doubt].some((claim) => pidOf(claim?.holder) === pid),
  )
  const measured: { -readonly [K in keyof Measured]: Measured[K] } = { claimed: hit.map(({ name }) => name) }
  const unserved = hit.flatMap(({ name, fallback }) => (fallback.length === 0 ? [name] : []))
  if (member.spare !== 'none') {
    let since = 0
    await until('its claim is in doubt', async () => {
      const { doubt } = (await stage.show(member.name)).state
      since = doubt?.since ?? 0
      return doubt !== null
    })
    measured.deathToDoubt = since - deathAt
    await until('the spare serves', async () => {
      const { state } = await stage.show(member.name)
      measured.deathToSpare = state.mintedAt - deathAt
      return state.access === 'alive' && state.mintedAt > deathAt
    })
    await crowd.everybodyThrough('while the owner is dead', unserved)
  }
  // Without a spare nobody waits: as systemd would, at once.
  await owner.start()
  stage.balancer.forgive()
  await crowd.everybodyThrough('when the owner is back')
  if (!recovers) return measured
  await until('its own token is the grant’s again', async () => {
    const { state } = await stage.show(member.name)
    measured.deathToLive = (await stage.keyturn.store.now()) - deathAt
    return state.status === 'live' && state.spend === null
  })
  return measured
}

/** Whether the owner's journal holds the new refresh token; `whole`: and the rest of the answer. */
const hasHeard = async ({ stage, member }: Scene, owner: Replica, whole: boolean): Promise<boolean> => {
  const { store } = stage.keyturn
  const { attempts } = await readJournals({
    folder: join(owner.stateFolder, store.id),
    storeId: store.id,
    keys: [journalKeyOf(store.deriveKey('journal'), 'store-1')],
    which: 'open',
  })
  const attempt = (await stage.show(member.name)).state.spend?.attempt
  const answer = attempts.find((one) => one.attempt === attempt)?.answer
  return (
    answer != null && (answer.complete || (!whole && /"refresh_token":"[^"]+"/.test(answer.body.toString('latin1'))))
  )
}

const ready = (stage: Stage): Promise<readonly boolean[]> =>
  Promise.all(
    stage.replicas.map(async ({ url }) => {
      if (url === null) return false
      return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null))?.ok === true
    }),
  )

export const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const end = systemClock.boot() + 90_000
  while (!(await holds())) {
    if (systemClock.boot() > end) throw new Error(`never: ${what}`)
    await systemClock.sleep(25)
  }
}
