/** Connected apps and external client apps: what a client identifies itself with, and the switches it runs under. */
import { createPublicKey } from 'node:crypto'
import type { Org } from './org.ts'
import { patchSettings } from './patch-settings.ts'
import { insertPlatformRow } from './platform-rows.ts'
import { defaultAppSettings } from './settings.ts'
import type { AppSettings } from './settings.ts'

export interface SimApp {
  /** 0H4… of a connected app, 0xI… of an external client app. */
  readonly id: string
  readonly kind: 'connected' | 'external'
  /** An external client app's developer name. */
  readonly name: string
  /** Of the first consumer; an app found by another pair that counts (`consumers.ts`) shows that one. */
  readonly clientId: string
  readonly clientSecret: string
  readonly callbacks: readonly string[]
  readonly scopes: readonly string[]
  /** PEM of the certificate or key that checks JWT assertions: a slot for one; null: no certificate uploaded. */
  readonly publicKey: string | null
  readonly privateKey: string | null
  readonly menuItemId: string | null
  readonly settings: AppSettings
}

/** Parsed rows by id: an app is read at each token request, and changes seldom. */
const known = new WeakMap<Org, Map<string, SimApp>>()

function cached(org: Org): Map<string, SimApp> {
  const apps = known.get(org)
  if (apps !== undefined) return apps
  const fresh = new Map<string, SimApp>()
  const rows = org.sql(
    `SELECT a.*, k.clientId, k.clientSecret FROM sim_app a JOIN sim_consumer c ON c.appId = a.id AND c.main = 1
     JOIN sim_key_pair k ON k.consumerId = c.id AND k.slot = 'primary' ORDER BY a.id`,
  )
  for (const row of rows.all()) {
    const app: SimApp = {
      ...(row as unknown as SimApp),
      callbacks: JSON.parse(String(row['callbacks'])) as string[],
      scopes: JSON.parse(String(row['scopes'])) as string[],
      settings: patchSettings(defaultAppSettings, JSON.parse(String(row['settings'])) as Record<string, unknown>),
    }
    fresh.set(app.id, app)
  }
  known.set(org, fresh)
  return fresh
}

export const forgetApps = (org: Org): boolean => known.delete(org)

export const allApps = (org: Org): readonly SimApp[] => [...cached(org).values()]

export const appById = (org: Org, id: string): SimApp | undefined => cached(org).get(id)

/** By name, client id or id: what a test has at hand. */
export const appNamed = (org: Org, name: string): SimApp | undefined =>
  allApps(org).find((app) => app.name === name || app.clientId === name || app.id === name)

export function insertApp(org: Org, app: SimApp): void {
  checkApp(app)
  org
    .sql(
      `INSERT INTO sim_app (id, kind, name, callbacks, scopes, publicKey, privateKey, menuItemId, settings)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      app.id,
      app.kind,
      app.name,
      JSON.stringify(app.callbacks),
      JSON.stringify(app.scopes),
      app.publicKey,
      app.privateKey,
      app.menuItemId,
      JSON.stringify(app.settings),
    )
  insertConsumer(org, app, { name: app.name, main: true })
  showPolicy(org, app)
  // Not forgotten but added: an org of many apps is made in a time that grows with their number only.
  known.get(org)?.set(app.id, app)
}

/** A consumer of an app with a pair of its own; an external client app may have several. */
export function insertConsumer(
  org: Org,
  app: { readonly id: string; readonly clientId: string; readonly clientSecret: string },
  of: { readonly name: string; readonly main: boolean },
): string {
  const id = org.ids.id('888')
  org
    .sql('INSERT INTO sim_consumer (id, appId, name, main) VALUES (?, ?, ?, ?)')
    .run(id, app.id, of.name, Number(of.main))
  org
    .sql(
      `INSERT INTO sim_key_pair (clientId, clientSecret, appId, consumerId, slot, createdAt, countsFrom)
       VALUES (?, ?, ?, ?, 'primary', ?, 0)`,
    )
    .run(app.clientId, app.clientSecret, app.id, id, org.now())
  return id
}

const period = (app: SimApp): number | null =>
  'ms' in app.settings.refreshTokenPolicy ? Math.round(app.settings.refreshTokenPolicy.ms / 3_600_000) : null

/** What an administrator sees of the switches in the app's rows; of an app that isn't installed there are none. */
function showPolicy(org: Org, app: SimApp): void {
  const admin = Number(app.settings.permittedUsers === 'admin')
  if (!app.settings.installed) {
    org.sql('DELETE FROM ConnectedApplication WHERE Id = ?').run(app.id)
    org.sql('DELETE FROM ExternalClientApplication WHERE Id = ?').run(app.id)
    org.sql('DELETE FROM AppMenuItem WHERE Id = ?').run(app.menuItemId)
    return
  }
  showApp(org, app)
  org.sql('UPDATE ConnectedApplication SET OptionsAllowAdminApprovedUsersOnly = ? WHERE Id = ?').run(admin, app.id)
  org
    .sql(
      `UPDATE ConnectedApplication SET RefreshTokenValidityPeriod = ?, OptionsRefreshTokenValidityMetric = ?,
       OptionsAppIssueJwtTokenEnabled = ?, SessionTimeout = ? WHERE Id = ?`,
    )
    .run(
      period(app),
      Number(app.settings.refreshTokenPolicy.kind === 'inactivity'),
      Number(app.settings.accessTokenFormat === 'jwt'),
      app.settings.sessionTimeoutMs === null ? null : Math.round(app.settings.sessionTimeoutMs / 60_000),
      app.id,
    )
  org.sql('UPDATE AppMenuItem SET IsUsingAdminAuthorization = ? WHERE Id = ?').run(admin, app.menuItemId)
}

/** The rows by which queries know an app. */
function showApp(org: Org, app: SimApp): void {
  const table = app.kind === 'connected' ? 'ConnectedApplication' : 'ExternalClientApplication'
  const missing = (object: string, id: string | null): boolean =>
    id !== null && org.sql(`SELECT 1 FROM ${object} WHERE Id = ?`).get(id) === undefined
  if (missing(table, app.id))
    insertPlatformRow(
      org,
      table,
      app.kind === 'connected'
        ? { Id: app.id, Name: app.name, DeveloperName: app.name }
        : { Id: app.id, DeveloperName: app.name, MasterLabel: app.name },
    )
  if (missing('AppMenuItem', app.menuItemId))
    insertPlatformRow(org, 'AppMenuItem', {
      Id: app.menuItemId,
      Name: app.name,
      Label: app.name,
      Type: table,
      ApplicationId: app.id,
    })
}

/** What the setup of an org would not save. */
function checkApp({ settings, publicKey }: SimApp): void {
  const { refreshTokenPolicy: policy, idleLimitMs } = settings
  if (policy.kind === 'inactivity' && idleLimitMs !== null && policy.ms > idleLimitMs)
    throw new Error('A refresh token policy of inactivity beyond the idle limit (idleLimitMs) can’t be saved')
  if (publicKey !== null) createPublicKey(publicKey)
}

export interface AppChange {
  readonly settings?: Readonly<Record<string, unknown>> | undefined
  readonly clientSecret?: string | undefined
  readonly publicKey?: string | null | undefined
  readonly callbacks?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
}

/** The app as it is with a change; what couldn't be saved is an error. */
export function changedApp(app: SimApp, change: AppChange): SimApp {
  const next: SimApp = {
    ...app,
    settings: patchSettings(app.settings, change.settings ?? {}),
    clientSecret: change.clientSecret ?? app.clientSecret,
    publicKey: change.publicKey === undefined ? app.publicKey : change.publicKey,
    callbacks: change.callbacks ?? app.callbacks,
    scopes: change.scopes ?? app.scopes,
  }
  checkApp(next)
  return next
}

/** Changes what is named: settings by name, or the row's own fields (clientSecret, publicKey, callbacks, scopes). */
export function changeApp(org: Org, app: SimApp, change: AppChange): SimApp {
  const next = changedApp(app, change)
  org
    .sql('UPDATE sim_app SET settings = ?, publicKey = ?, callbacks = ?, scopes = ? WHERE id = ?')
    .run(
      JSON.stringify(next.settings),
      next.publicKey,
      JSON.stringify(next.callbacks),
      JSON.stringify(next.scopes),
      app.id,
    )
  if (change.clientSecret !== undefined)
    org.sql('UPDATE sim_key_pair SET clientSecret = ? WHERE clientId = ?').run(change.clientSecret, app.clientId)
  showPolicy(org, next)
  forgetApps(org)
  return next
}
