/** A simulated org, and the grant of a user that looks at it: an administrator, or one with certain permissions only. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSimulator } from '@keyturn/simulator'
import type { OrgSpec, Simulator, UserSpec } from '@keyturn/simulator'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import { orgConnection } from '../../../src/org/connection.ts'
import type { OrgConnection } from '../../../src/org/connection.ts'
import { collect } from '../../../src/posture/collect.ts'
import type { CollectOptions } from '../../../src/posture/collect.ts'
import type { Fact } from '../../../src/posture/fact.ts'
import type { Family } from '../../../src/posture/facts.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'

export interface Audited {
  readonly sim: Simulator
  readonly org: OrgConnection
  readonly clock: Clock
  readonly told: string[]
  /** Paths of what was asked of the org by REST, queries decoded. */
  readonly asked: string[]
  collect(families: readonly Family[], more?: Partial<CollectOptions>): Promise<Snapshot>
}

export const auditor = 'auditor@acme.example'

const app = { name: 'Auditor_Web', callbacks: ['http://localhost:1717/OauthRedirect'] }

/** A user of its own whose only rights are these. */
export const auditorWith = (...permissions: readonly string[]): UserSpec => ({
  username: auditor,
  profile: 'Minimum Access - API Only Integrations',
  permissions: permissions as never,
})

/** Every family that an org itself can tell. */
export const everything: readonly Family[] = [
  ...(['apps', 'tokens', 'users', 'permissionNames', 'permissionSets', 'permissionSetGroups', 'profiles'] as const),
  ...(['settings', 'certificates', 'remoteSites', 'guestAccess', 'deployments', 'contentLinks'] as const),
  ...(['eventLogs', 'healthCheck', 'logins', 'auditTrail'] as const),
]

export const valueOf = <T>(fact: Fact<T>): T => {
  assert(fact.is === 'known', JSON.stringify(fact))
  return fact.value
}

export const whyUnknown = (fact: Fact<unknown>): string => (fact.is === 'unknown' ? fact.why : 'known')

export const auditedOrg = async (
  t: TestContext,
  { spec, user }: { readonly spec: OrgSpec; readonly user: string },
): Promise<Audited> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-posture-'))
  const sim = await startSimulator({ seed: t.name, orgs: [{ ...spec, apps: [...(spec.apps ?? []), app] }] })
  const clock: Clock = {
    wall: () => systemClock.wall() + sim.control.clock().offset,
    boot: () => systemClock.boot() + sim.control.clock().offset,
    offset: () => sim.control.clock().offset,
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  }
  const keyturn = await openKeyturn({
    store: `sqlite:${join(folder, 'keyturn.db')}`,
    masterKey: randomBytes(32),
    clock,
    // Nothing here is about time-outs: a machine that is busy with other tests must not meet one.
    limits: { connect: 30_000, wait: 30_000, send: 30_000, read: 60_000, stale: 20 },
    env: {},
  })
  t.after(async () => {
    await keyturn.close()
    await sim.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user, app: app.name })
  const grant = { name: 'auditor', loginUrl: sim.url, clientId, clientSecret, refreshToken }
  await keyturn.grants.add({ ...grant, flow: 'refresh_token' })
  const opened = orgConnection(keyturn, 'auditor')
  const asked: string[] = []
  const org: OrgConnection = {
    ...opened,
    send: (method, path, body) => {
      asked.push(`${method} ${decodeURIComponent(path)}`)
      return opened.send(method, path, body)
    },
  }
  const told: string[] = []
  const pace = { pauseMs: 5 }
  return {
    sim,
    org,
    clock,
    told,
    asked,
    collect: (families, more = {}) =>
      collect({ org, clock, families, tell: (text) => told.push(text), ...more, pace: { ...pace, ...more.pace } }),
  }
}
