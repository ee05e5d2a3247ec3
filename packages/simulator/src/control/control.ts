/**
 * The control plane's verbs, the same in the process and over `/__sim/` (see `http.ts`): what a tester may know and do
 * that no client could.
 */
import type { Fault, FaultSpec } from '../faults/fault.ts'
import type { Held } from '../faults/holds.ts'
import { carryOutJobs } from '../metadata/jobs.ts'
import type { SimEvent } from '../oracle/events.ts'
import { requestLines } from '../oracle/requests.ts'
import type { RequestLine } from '../oracle/requests.ts'
import { endAccessToken, openSession } from '../sessions/access-tokens.ts'
import type { Simulation } from '../simulation.ts'
import { appNamed, changeApp } from '../state/apps.ts'
import type { SimApp } from '../state/apps.ts'
import { rotateConsumer } from '../state/consumers.ts'
import type { Consumer } from '../state/consumers.ts'
import { carryOutDue } from '../state/doom.ts'
import { contain, createGrant, killGrant, grantById } from '../state/grants.ts'
import type { Org } from '../state/org.ts'
import { carryOutPending } from '../state/pending-changes.ts'
import { recordSetupChange } from '../state/platform-rows.ts'
import { appEntries, consumerEntries, orgEntries, userEntries } from '../state/setup-changes.ts'
import type { SetupEntry } from '../state/setup-changes.ts'
import type { AppSettings, OrgSettings } from '../state/settings.ts'
import { updateUser, userByName } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'
import { credentialVerbs } from './credentials.ts'
import type { CredentialControl } from './credentials.ts'
import { load, save } from './folder.ts'
import { metadataVerbs } from './metadata.ts'
import type { MetadataControl } from './metadata.ts'
import { outlook } from './outlook.ts'
import type { Outlook } from './outlook.ts'
import { secretsOf, stateOf } from './snapshot.ts'
import type { OrgState } from './snapshot.ts'

/** Names an org (default: the first). */
interface InOrg {
  readonly org?: string
}

/** Names the user in whose name the Setup Audit Trail says that something was changed (default: Automated Process). */
interface By {
  readonly by?: string
}

export interface ReadyGrant {
  readonly org: string
  readonly grant: string
  readonly instanceUrl: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly userId: string
  readonly username: string
  readonly clientId: string
  readonly clientSecret: string
  readonly id: string
}

/** The state of the clock as child processes read it. */
interface ClockReading {
  readonly now: number
  readonly offset: number
}

type UserChange = Partial<
  Pick<
    SimUser,
    | 'password'
    | 'securityToken'
    | 'active'
    | 'frozen'
    | 'apiOnly'
    | 'apiEnabled'
    | 'passwordExpired'
    | 'lockedUntil'
    | 'loginAddresses'
    | 'loginHours'
    | 'email'
    | 'passwordChangedAt'
    | 'passwordQuestion'
  >
>

export interface Control extends CredentialControl, MetadataControl {
  state(): readonly OrgState[]
  changeOrg(of: InOrg & By & { readonly settings: Partial<OrgSettings> }): OrgSettings
  changeApp(
    of: InOrg &
      By & {
        readonly app: string
        readonly settings?: Partial<AppSettings>
        readonly clientSecret?: string
        readonly publicKey?: string | null
        readonly callbacks?: readonly string[]
        readonly scopes?: readonly string[]
      },
  ): AppSettings
  /**
   * A new consumer key and secret. As of a connected app: the old ones are over and every token with them; as of an
   * external client app: `revokes: false`, with an `overlapMs`. `knownAfterMs`: how long the new key is unknown.
   */
  rotateConsumer(
    of: InOrg &
      By & {
        readonly app: string
        readonly overlapMs?: number
        readonly knownAfterMs?: number
        readonly revokes?: boolean
      },
  ): Consumer
  /** Changes a user; `contain` freezes it and revokes all its tokens, as the platform does. */
  changeUser(of: InOrg & By & { readonly user: string; readonly change?: UserChange; readonly contain?: boolean }): void
  /** A grant that is just there: tokens handed over, no request made. */
  grant(of: InOrg & { readonly user: string; readonly app: string; readonly scopes?: readonly string[] }): ReadyGrant
  /** Ends a grant as an administrator would. */
  revokeGrant(of: InOrg & { readonly grant: string }): void
  /** Ends access tokens as an expiry would: of one grant, of one user, or all. Refresh tokens stay. */
  expireAccessTokens(of?: InOrg & { readonly grant?: string; readonly user?: string }): number
  addFault(spec: FaultSpec): Fault
  faults(): readonly Fault[]
  removeFaults(which?: string): number
  clock(): ClockReading
  moveClock(to: { readonly advanceMs?: number; readonly set?: number }): ClockReading
  oracle(): Outlook
  /** One line per request, in the order of arrival. */
  requests(): readonly RequestLine[]
  log(of?: { readonly after?: number }): readonly SimEvent[]
  /** Waits until requests are held by a fault. */
  held(of?: { readonly fault?: string; readonly count?: number; readonly timeoutMs?: number }): Promise<readonly Held[]>
  release(which?: number | string): number
  /** Refuses connections (ECONNREFUSED) to an org's port, or takes them again. */
  refuse(of: InOrg & { readonly refuse: boolean }): Promise<void>
  /** Tells the oracle that a client never kept the answer to this request, though its bytes went out. */
  declareUndelivered(of: { readonly request: number }): void
  /** Every secret there is or was: for searching logs and outputs for them. */
  secrets(): readonly string[]
  save(of: { readonly folder: string }): void
  load(of: { readonly folder: string }): void
}

interface Doors {
  refuse(org: string): Promise<void>
  accept(org: string): Promise<void>
}

export function createControl(sim: Simulation, doors: Doors): Control {
  const orgOf = (of: InOrg | undefined): Org => {
    const org = of?.org === undefined ? sim.orgs[0] : sim.orgs.find((one) => one.name === of.org || one.id === of.org)
    if (org === undefined)
      throw new Error(`There is no org "${of?.org ?? ''}"; known are: ${sim.orgs.map((one) => one.name).join(', ')}`)
    return org
  }
  const appOf = (org: Org, name: string): SimApp => {
    const app = appNamed(org, name)
    if (app === undefined) throw new Error(`Org ${org.name} has no app "${name}"`)
    return app
  }
  const userOf = (org: Org, name: string): SimUser => {
    const user = userByName(org, name)
    if (user === undefined) throw new Error(`Org ${org.name} has no user "${name}"`)
    return user
  }
  /** Whose doing it is is asked first: a name that isn't there changes nothing. */
  const auditor = (org: Org, by: string | undefined) => {
    const author = by === undefined ? null : userOf(org, by).id
    return (entries: readonly SetupEntry[]): void => {
      for (const entry of entries) recordSetupChange(org, { ...entry, by: author })
    }
  }
  const reading = (): ClockReading => ({ now: sim.clock.now(), offset: sim.clock.offset() })

  return {
    ...metadataVerbs({ org: orgOf, app: appOf, orgs: sim.orgs }),
    ...credentialVerbs({ org: orgOf, user: userOf, app: appOf }),
    state: () => {
      for (const org of sim.orgs) {
        carryOutDue(org)
        carryOutPending(org)
        carryOutJobs(org, sim.orgs)
      }
      return sim.orgs.map(stateOf)
    },
    changeOrg: (of) => {
      const org = orgOf(of)
      const audit = auditor(org, of.by)
      const before = org.settings()
      const after = org.changeSettings(of.settings)
      audit(orgEntries(before, after))
      return after
    },
    changeApp: (of) => {
      const org = orgOf(of)
      const audit = auditor(org, of.by)
      const before = appOf(org, of.app)
      const after = changeApp(org, before, of)
      audit(appEntries(before, after))
      return after.settings
    },
    rotateConsumer: (of) => {
      const org = orgOf(of)
      const audit = auditor(org, of.by)
      const app = appOf(org, of.app)
      const { overlapMs = 0, knownAfterMs = 0, revokes = true } = of
      const next = rotateConsumer(org, app, { overlapMs, knownAfterMs, revokes })
      audit(consumerEntries(app))
      return next
    },
    changeUser: (of) => {
      const org = orgOf(of)
      const audit = auditor(org, of.by)
      const before = userOf(org, of.user)
      if (of.change !== undefined) updateUser(org, before.id, of.change)
      audit(userEntries(before, userOf(org, of.user)))
      if (of.contain === true) contain(org, before)
    },
    grant: (of) => {
      const org = orgOf(of)
      const app = appOf(org, of.app)
      const user = userOf(org, of.user)
      const scopes = [...new Set([...(of.scopes ?? app.scopes.filter((scope) => scope !== 'openid')), 'refresh_token'])]
      const { grant, refreshToken } = createGrant(org, 0, { user, app, scopes })
      const session = openSession(org, {
        user,
        app,
        grantId: grant.id,
        scopes,
        kind: 'oauth',
        source: '127.0.0.1',
        issuer: org.origin(),
        loginHistoryId: null,
      })
      org.record(0, {
        kind: 'issued',
        grant: grant.id,
        app: app.name,
        user: user.username,
        rotated: null,
        refreshToken: refreshToken.fingerprint,
        accessToken: session.fingerprint,
      })
      return {
        org: org.id,
        grant: grant.id,
        instanceUrl: org.settings().instanceUrl ?? org.origin(),
        accessToken: session.token,
        refreshToken: refreshToken.token,
        userId: user.id,
        username: user.username,
        clientId: app.clientId,
        clientSecret: app.clientSecret,
        id: `${org.origin()}/id/${org.id}/${user.id}`,
      }
    },
    revokeGrant: (of) => {
      const org = orgOf(of)
      const grant = grantById(org, of.grant)
      if (grant === undefined) throw new Error(`Org ${org.name} has no grant "${of.grant}"`)
      killGrant(org, 0, grant, 'revoked')
    },
    expireAccessTokens: (of) => {
      const orgs = of?.org === undefined ? sim.orgs : [orgOf(of)]
      let expired = 0
      for (const org of orgs) {
        const user = of?.user === undefined ? null : (userByName(org, of.user)?.id ?? '')
        const rows = org
          .sql(
            'SELECT id FROM sim_access_token WHERE live = 1 AND (?1 IS NULL OR grantId = ?1) AND (?2 IS NULL OR userId = ?2)',
          )
          .all(of?.grant ?? null, user)
        for (const row of rows) endAccessToken(org, String(row['id']), 'expired')
        expired += rows.length
      }
      return expired
    },
    addFault: (spec) => sim.faults.add(spec),
    faults: () => sim.faults.list(),
    removeFaults: (which) => sim.faults.remove(which),
    clock: reading,
    moveClock: (to) => {
      if (to.set !== undefined) sim.clock.set(to.set)
      if (to.advanceMs !== undefined) sim.clock.advance(to.advanceMs)
      return reading()
    },
    oracle: () => {
      sim.orgs.forEach(carryOutDue)
      return outlook(sim)
    },
    requests: () => requestLines(sim.log.all()),
    log: (of) => sim.log.all().filter((event) => event.n > (of?.after ?? 0)),
    held: (of) => sim.holds.wait(of ?? {}),
    release: (which) => sim.holds.release(which),
    refuse: (of) => (of.refuse ? doors.refuse(orgOf(of).name) : doors.accept(orgOf(of).name)),
    declareUndelivered: (of) => {
      const event = sim.log.all().find((one) => one.kind === 'arrived' && one.request === of.request)
      const org = sim.orgs.find((one) => one.name === event?.org)
      if (event === undefined || org === undefined)
        throw new Error(`There was no request ${of.request}, or the log has forgotten it (logLimit)`)
      org.record(of.request, { kind: 'undelivered', why: 'declared' })
    },
    secrets: () => sim.orgs.flatMap(secretsOf),
    save: (of) => save(sim, of.folder),
    load: (of) => load(sim, of.folder),
  }
}
