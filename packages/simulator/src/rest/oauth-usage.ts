/**
 * /apps/oauth/usage: which external client apps there are, who uses them, and the refresh tokens they hold (Connect
 * REST API). Which consumer key or certificate a token came by is not shown.
 */
import { ApiError, notFound } from '../data/api-error.ts'
import { canonicalId } from '../data/record-id.ts'
import { dateTimeText } from '../data/values.ts'
import { allApps, appById } from '../state/apps.ts'
import type { SimApp } from '../state/apps.ts'
import { killGrant } from '../state/grants.ts'
import type { Grant } from '../state/grants.ts'
import type { Org } from '../state/org.ts'
import { userById } from '../state/users.ts'
import type { Answer, Call, JsonObject, Resource } from './call.ts'
import { prefixOf } from './call.ts'
import type { OrgOf } from './password.ts'

type TokenRow = Grant & { readonly rowId: string; readonly rowCreatedAt: number }

const viewers = [
  'ExternalClientAppViewer',
  'ExternalClientAppDeveloper',
  'ExternalClientAppAdmin',
  'ManageRemoteAccess',
  'CustomizeApplication',
]
const revokers = ['ExternalClientAppAdmin', 'ManageRemoteAccess', 'CustomizeApplication', 'ManageUsers']

const usagePath = (call: Call): string => `${prefixOf(call)}/apps/oauth/usage`

/** The apps that the resource speaks of. */
const usedApps = (org: Org): readonly SimApp[] =>
  allApps(org).filter((app) => app.kind === 'external' || org.settings().oauthUsageLists === 'all')

function usedApp(org: Org, text: string): SimApp {
  const id = canonicalId(text)
  const app = usedApps(org).find((one) => one.id === id)
  if (app === undefined) throw notFound()
  return app
}

const liveRows = (org: Org, appId: string): readonly TokenRow[] =>
  org
    .sql('SELECT * FROM sim_grant WHERE appId = ? AND live = 1 ORDER BY createdAt, id')
    .all(appId) as unknown as readonly TokenRow[]

const isPackaged = (org: Org, app: SimApp): boolean =>
  org.sql('SELECT 1 FROM AppMenuItem WHERE Id = ? AND NamespacePrefix IS NOT NULL').get(app.menuItemId) !== undefined

function appBody(org: Org, call: Call, app: SimApp): JsonObject {
  return {
    accessTokenFormat: app.settings.accessTokenFormat,
    availableActions: [],
    description: null,
    developerName: app.name,
    identifier: app.id,
    isFromPackage: isPackaged(org, app),
    usageDetailsUrl: `${usagePath(call)}/${app.id}/users`,
  }
}

function tokenBody(org: Org, call: Call, row: TokenRow): JsonObject {
  const app = appById(org, row.appId)
  return {
    accessTokenFormat: app?.settings.accessTokenFormat,
    appDeveloperName: app?.name,
    appIdentifier: row.appId,
    initialConnectionAt: dateTimeText(row.rowCreatedAt),
    lastUsedAt: dateTimeText(row.lastUsedAt),
    revocationUrl: `${usagePath(call)}/tokens/${row.rowId}`,
    useCount: row.useCount,
    userIdentifier: row.userId,
    username: userById(org, row.userId)?.username,
  }
}

/** A page of a list: the url of the next one comes with each, the last one included. */
function page<T>(
  call: Call,
  path: string,
  all: readonly T[],
): { readonly part: readonly T[]; readonly urls: JsonObject } {
  const number = (name: string, otherwise: number): number => {
    const value = Number(call.query.get(name) ?? otherwise)
    if (!Number.isInteger(value) || value < 0)
      throw new ApiError(400, 'INVALID_PARAMETER', `${name} has to be a number of 0 or more`)
    return value
  }
  const at = number('page', 0)
  const size = Math.max(1, Math.min(100, number('pageSize', 100)))
  const url = (n: number): string => `${path}?page=${n}&pageSize=${size}`
  return {
    part: all.slice(at * size, (at + 1) * size),
    urls: { currentPageUrl: url(at), nextPageUrl: url(at + 1) },
  }
}

export function usageResources(orgOf: OrgOf): readonly Resource[] {
  type Run = (org: Org, call: Call, match: RegExpExecArray) => Answer
  const under =
    (permissions: readonly string[], run: Run) =>
    (call: Call, match: RegExpExecArray): Answer => {
      if (Number(call.version) < 59) throw notFound()
      if (!permissions.some((one) => call.access.has(one)))
        throw new ApiError(403, 'INSUFFICIENT_ACCESS', 'You do not have access to the OAuth usage of this org.')
      return run(orgOf(call), call, match)
    }
  const see = (run: Run) => under(viewers, run)
  const end = (rowsOf: (org: Org, match: RegExpExecArray) => readonly TokenRow[]) =>
    under(revokers, (org, _call, match) => {
      for (const row of rowsOf(org, match)) killGrant(org, 0, row, 'revoked')
      return { status: 204 }
    })
  const ofUser = (org: Org, match: RegExpExecArray): readonly TokenRow[] =>
    liveRows(org, usedApp(org, match[1] ?? '').id).filter((row) => row.userId === canonicalId(match[2] ?? ''))
  return [
    {
      pattern: /^\/apps\/oauth\/usage$/,
      methods: {
        GET: see((org, call) => {
          const { part, urls } = page(call, usagePath(call), usedApps(org))
          return { status: 200, body: { apps: part.map((app) => appBody(org, call, app)), ...urls } }
        }),
      },
    },
    {
      pattern: /^\/apps\/oauth\/usage\/tokens\/([^/]+)$/,
      methods: {
        DELETE: end((org, match) => {
          const row = org
            .sql('SELECT * FROM sim_grant WHERE rowId = ? AND live = 1')
            .get(canonicalId(match[1] ?? '') ?? '')
          if (row === undefined) throw notFound()
          return [row as unknown as TokenRow]
        }),
      },
    },
    {
      pattern: /^\/apps\/oauth\/usage\/([^/]+)\/users$/,
      methods: {
        GET: see((org, call, match) => {
          const app = usedApp(org, match[1] ?? '')
          const users = [...new Set(liveRows(org, app.id).map((row) => row.userId))]
          const { part, urls } = page(call, `${usagePath(call)}/${app.id}/users`, users)
          const body = part.map((id) => ({
            userIdentifier: id,
            username: userById(org, id)?.username,
            usageDetailsUrl: `${usagePath(call)}/${app.id}/${id}/tokens`,
          }))
          return { status: 200, body: { users: body, ...urls } }
        }),
      },
    },
    {
      pattern: /^\/apps\/oauth\/usage\/([^/]+)\/tokens$/,
      methods: { DELETE: end((org, match) => liveRows(org, usedApp(org, match[1] ?? '').id)) },
    },
    {
      pattern: /^\/apps\/oauth\/usage\/([^/]+)\/([^/]+)\/tokens$/,
      methods: {
        GET: see((org, call, match) => {
          const path = `${usagePath(call)}/${match[1] ?? ''}/${match[2] ?? ''}/tokens`
          return {
            status: 200,
            body: { tokens: ofUser(org, match).map((row) => tokenBody(org, call, row)), currentPageUrl: path },
          }
        }),
        DELETE: end(ofUser),
      },
    },
  ]
}
