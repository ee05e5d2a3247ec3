/**
 * A Salesforce org on loopback: OAuth with Refresh Token Rotation, sessions, SOAP login, REST and SOQL, faults at will,
 * an oracle, and a clock one can move. Many orgs in one process, each on a port of its own.
 */
import { mkdirSync } from 'node:fs'
import { createClock } from './clock.ts'
import type { SimClock } from './clock.ts'
import { createControl } from './control/control.ts'
import type { Control } from './control/control.ts'
import { eventsOf, fileOf, forgetEvents, keepClock, keepEvent, keptClock, pastOf } from './control/folder.ts'
import { controlHandler } from './control/http.ts'
import { dataRoutes } from './rest/index.ts'
import { credentialResources } from './rest/oauth-credentials.ts'
import { usageResources } from './rest/oauth-usage.ts'
import { passwordResources } from './rest/password.ts'
import type { OrgOf } from './rest/password.ts'
import { createFaultQueue } from './faults/queue.ts'
import { createHolds } from './faults/holds.ts'
import { createLocks } from './oauth/locks.ts'
import { createEventLog } from './oracle/log.ts'
import type { SimRequest } from './route.ts'
import { mailsSettled } from './mail/outbox.ts'
import { followUser } from './metadata/types/access/follow-user.ts'
import { listen } from './server.ts'
import type { Listener } from './server.ts'
import { apiUsage } from './sessions/api-usage.ts'
import { judgeSession } from './sessions/authenticate.ts'
import type { Simulation } from './simulation.ts'
import { createOrg } from './state/org.ts'
import type { Org } from './state/org.ts'
import { describeOrg, seedOrg } from './state/seed.ts'
import type { OrgSpec, SeededOrg } from './state/seed.ts'
import { metadataOf } from './virtual/tooling-metadata.ts'
import { virtualRows } from './virtual/virtual-rows.ts'

export type { SimClock } from './clock.ts'
export type { Control, ReadyGrant } from './control/control.ts'
export type { MailFaultView, MailView, PairView } from './control/credentials.ts'
export type { OrgState } from './control/snapshot.ts'
export type { Fault, FaultAction, FaultMatch, FaultSpec, Position } from './faults/fault.ts'
export type { Held } from './faults/holds.ts'
export type { SimEvent } from './oracle/events.ts'
export type { Counters, Verdict } from './oracle/judge.ts'
export type { RequestLine } from './oracle/requests.ts'
export type { GrantOutlook, Outlook } from './control/outlook.ts'
export { scale } from './scale/scale.ts'
export type { ScaleOptions } from './scale/scale.ts'
export { scenario, scenarioNames } from './scenarios/scenario.ts'
export type { ScenarioName } from './scenarios/scenario.ts'
export type { ScenarioOptions } from './scenarios/scenario-options.ts'
export type { AppSpec, OrgSpec, SeededApp, SeededOrg, SeededUser, UserSpec } from './state/seed.ts'
export type { AppSettings, MailSettings, OrgSettings, PasswordPolicy, RefreshTokenPolicy } from './state/settings.ts'

export interface SimulatorOptions {
  /** Port of the first org; the others and the login host follow. Absent: ports that are free. */
  readonly port?: number
  readonly host?: string
  /** HTTPS with a certificate made at the start. */
  readonly https?: boolean
  /** Folder for the state; absent: in memory. */
  readonly directory?: string
  /** Ids and tokens come out the same for the same seed. */
  readonly seed?: string
  /** Epoch milliseconds at which the simulator's clock starts; absent: now. */
  readonly clockStart?: number
  /** The clock stands still and moves only when told to: for tests in one process. */
  readonly clockStands?: boolean
  /** A file that always holds `{"offset": ms}`, for child processes that follow the clock. */
  readonly clockFile?: string
  /**
   * How many events the log keeps at least; default 250,000. The oracle's counters are right whatever it is; older
   * requests can't be read any more, and nothing can be declared about them.
   */
  readonly logLimit?: number
  readonly orgs?: readonly OrgSpec[]
}

export interface Simulator {
  /** Address of the first org. */
  readonly url: string
  readonly port: number
  /** The login host, which knows all orgs; `/__sim/` is served there as on every port. */
  readonly loginUrl: string
  /** PEM, with https. */
  readonly certificate?: string
  readonly orgs: readonly SeededOrg[]
  readonly clock: SimClock
  readonly control: Control
  close(): Promise<void>
}

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const host = options.host ?? '127.0.0.1'
  const seed = options.seed ?? 'keyturn'
  const specs = options.orgs ?? [{ name: 'acme' }]
  if (specs.length === 0) throw new Error('A simulator needs at least one org')
  for (const spec of specs)
    if (!/^[A-Za-z0-9-]+$/.test(spec.name))
      throw new Error(`"${spec.name}" is not a name for an org: letters, digits, hyphens`)
  if (options.clockStands === true && options.clockFile !== undefined)
    throw new Error(
      'A clock that stands still can’t be followed by other processes: leave out clockStands or clockFile',
    )
  if (options.directory !== undefined) mkdirSync(options.directory, { recursive: true })

  const logLimit = options.logLimit ?? 250_000
  if (!Number.isInteger(logLimit) || logLimit < 0)
    throw new Error(`logLimit has to be a number of events; got ${logLimit}`)
  const byName = new Map<string, Org>()
  const kept = options.directory !== undefined
  const clock = createClock({
    start: options.clockStart,
    file: options.clockFile,
    standing: options.clockStands,
    moved: (offset) => {
      if (kept) for (const org of byName.values()) keepClock(org, offset)
    },
  })
  const log = createEventLog({
    now: clock.now,
    limit: logLimit,
    keep: (event) => {
      const org = kept ? byName.get(event.org) : undefined
      if (org !== undefined) keepEvent(org, event)
    },
    forget: (past) => {
      if (kept) forgetEvents([...byName.values()], past)
    },
  })
  const orgs = specs.map((spec) => {
    const org = createOrg({
      name: spec.name,
      seed,
      file: options.directory === undefined ? ':memory:' : fileOf(options.directory, spec.name),
      now: clock.now,
      record: log.record,
      virtualRows,
      metadataOf,
      userSaved: followUser,
    })
    byName.set(spec.name, org)
    // What was moved in an earlier life of this folder stays moved: else every session would be in the future.
    const offset = options.clockStart === undefined ? keptClock(org) : undefined
    if (offset !== undefined) clock.advance(offset - clock.offset())
    seedOrg(org, spec)
    return org
  })
  if (kept) {
    log.replace(eventsOf(orgs), pastOf(orgs))
    for (const org of orgs) keepClock(org, clock.offset())
  }

  const orgOf = new WeakMap<SimRequest, Org>()
  const whole: OrgOf = (call) => orgs.find((org) => org.id === call.org.id) ?? onlyOrg(orgs)
  const sim: Simulation = {
    seed,
    clock,
    orgs,
    log,
    faults: createFaultQueue(seed),
    holds: createHolds(),
    locks: createLocks(),
    dataRoutes: dataRoutes((request) => judgeSession(orgOf.get(request) ?? onlyOrg(orgs), request), apiUsage, [
      ...passwordResources(whole),
      ...credentialResources(whole),
      ...usageResources(whole),
    ]),
    orgOf,
  }
  const listeners = new Map<string, Listener>()
  const control = createControl(sim, {
    refuse: async (org) => listeners.get(org)?.refuse(),
    accept: async (org) => listeners.get(org)?.accept(),
  })
  const seeded = (): readonly SeededOrg[] => orgs.map((org, index) => describeOrg(org, specs[index]?.title))
  const certificate = options.https === true ? await (await import('./certificate.ts')).makeCertificate() : undefined
  const shared = { sim, host, certificate, control: controlHandler(control, seeded) }
  const port = (index: number): number => (options.port === undefined || options.port === 0 ? 0 : options.port + index)
  for (const [index, org] of orgs.entries()) {
    const listener = await listen({ ...shared, org, port: port(index) })
    org.setOrigin(listener.origin)
    listeners.set(org.name, listener)
  }
  const login = await listen({ ...shared, org: null, port: port(orgs.length) })
  const first = onlyOrg(orgs)
  const main = listeners.get(first.name) ?? login

  return {
    url: main.origin,
    port: main.port,
    loginUrl: login.origin,
    ...(certificate === undefined ? {} : { certificate: certificate.cert }),
    orgs: seeded(),
    clock,
    control,
    close: async () => {
      sim.holds.release()
      await Promise.all([...listeners.values(), login].map((listener) => listener.close()))
      await Promise.all(orgs.map(mailsSettled))
      for (const org of orgs) {
        org.settle()
        org.db.close()
      }
    },
  }
}

function onlyOrg(orgs: readonly Org[]): Org {
  const [first] = orgs
  if (first === undefined) throw new Error('A simulator has at least one org')
  return first
}
