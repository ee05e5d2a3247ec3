/** The whole state of an org as plain JSON: tokens as fingerprints, secrets left out. And, apart from it, the secrets. */
import { isAlive } from '../sessions/access-tokens.ts'
import type { AccessToken } from '../sessions/access-tokens.ts'
import { allApps, appById } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import type { AppSettings, OrgSettings } from '../state/settings.ts'
import { allUsers, userById } from '../state/users.ts'

interface GrantState {
  readonly id: string
  readonly app: string
  readonly user: string
  readonly scopes: string
  readonly live: boolean
  readonly cause: string | null
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly useCount: number
  /** Fingerprints, in the order they were issued. */
  readonly refreshTokens: readonly { readonly fingerprint: string; readonly state: string }[]
  readonly accessTokens: readonly {
    readonly id: string
    readonly fingerprint: string
    readonly alive: boolean
    readonly cause: string | null
  }[]
}

export interface OrgState {
  readonly id: string
  readonly name: string
  readonly origin: string
  readonly now: number
  readonly settings: OrgSettings
  readonly users: readonly Readonly<Record<string, unknown>>[]
  readonly apps: readonly {
    readonly id: string
    readonly name: string
    readonly clientId: string
    readonly settings: AppSettings
  }[]
  readonly grants: readonly GrantState[]
  /** Sessions without a grant: JWT bearer, client credentials, SOAP. */
  readonly sessions: readonly {
    readonly id: string
    readonly fingerprint: string
    readonly user: string
    readonly app: string | null
    readonly kind: string
    readonly alive: boolean
  }[]
}

type Row = Readonly<Record<string, unknown>>

export function stateOf(org: Org): OrgState {
  const username = (id: unknown): string => userById(org, String(id))?.username ?? String(id)
  const appName = (id: unknown): string => appById(org, String(id))?.name ?? String(id)
  const tokens = org.sql('SELECT * FROM sim_access_token ORDER BY createdAt, id').all() as unknown as (AccessToken & {
    readonly cause: string | null
  })[]
  const refresh = org.sql('SELECT rowid AS n, grantId, fingerprint, state FROM sim_refresh_token ORDER BY n').all()
  const byGrant = Map.groupBy(refresh, (row) => row['grantId'])
  const sessionsByGrant = Map.groupBy(tokens, (token) => token.grantId)
  const grants = org.sql('SELECT * FROM sim_grant ORDER BY rowid').all() as unknown as Row[]
  return {
    id: org.id,
    name: org.name,
    origin: org.origin(),
    now: org.now(),
    settings: org.settings(),
    users: allUsers(org).map(({ password: _password, securityToken: _token, ...user }) => ({ ...user })),
    apps: allApps(org).map(({ id, name, clientId, settings }) => ({ id, name, clientId, settings })),
    grants: grants.map((grant) => ({
      id: String(grant['id']),
      app: appName(grant['appId']),
      user: username(grant['userId']),
      scopes: String(grant['scopes']),
      live: grant['live'] === 1,
      cause: grant['cause'] as string | null,
      createdAt: Number(grant['createdAt']),
      lastUsedAt: Number(grant['lastUsedAt']),
      useCount: Number(grant['useCount']),
      refreshTokens: (byGrant.get(grant['id'] as string) ?? []).map((row) => ({
        fingerprint: String(row['fingerprint']),
        state: String(row['state']),
      })),
      accessTokens: (sessionsByGrant.get(String(grant['id'])) ?? []).map((token) => ({
        id: token.id,
        fingerprint: token.fingerprint,
        alive: isAlive(org, token),
        cause: token.cause,
      })),
    })),
    sessions: (sessionsByGrant.get(null) ?? []).map((token) => ({
      id: token.id,
      fingerprint: token.fingerprint,
      user: username(token.userId),
      app: token.appId === null ? null : appName(token.appId),
      kind: token.kind,
      alive: isAlive(org, token),
    })),
  }
}

export function secretsOf(org: Org): readonly string[] {
  const column = (sql: string): readonly string[] =>
    org
      .sql(sql)
      .all()
      .map((row) => String(Object.values(row)[0]))
  return [
    ...column('SELECT token FROM sim_refresh_token'),
    ...column('SELECT token FROM sim_access_token'),
    ...column('SELECT code FROM sim_code'),
    ...column('SELECT deviceCode FROM sim_device'),
    ...column('SELECT deleteToken FROM sim_grant'),
    ...allUsers(org).flatMap((user) => [user.password, user.securityToken]),
    ...column('SELECT value FROM sim_former_secret'),
    ...column(`SELECT json_extract(body, '$.privateKey') FROM sim_component WHERE type = 'Certificate'`),
    ...column(`SELECT token FROM sim_mail WHERE token IS NOT NULL`),
    ...column(`SELECT clientSecret FROM sim_key_pair WHERE clientSecret != ''`),
  ]
}
