/**
 * An org with seeded data and three users, behind a real HTTP listener with the routes of the data side. The bearer
 * token is the username: judging sessions is the other half's business and tested there.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import {
  assignPermissionSet,
  checksum,
  createDataTables,
  insertRow,
  seedData,
  seedRecords,
  type SeededData,
  type SeededRecords,
} from '../../src/data/index.ts'
import { dataRoutes } from '../../src/rest/index.ts'
import type { Authenticate, SimOrg, SimRequest, SimResponse } from '../../src/route.ts'

export interface TestOrg extends SimOrg {
  readonly seeded: SeededData
  readonly records: SeededRecords
  /** Each user's one session. */
  readonly sessions: Readonly<Record<Who, string>>
  readonly users: { readonly admin: string; readonly integration: string; readonly bare: string }
  advance(ms: number): void
}

export const start = Date.parse('2026-11-22T12:00:00Z')

export function makeOrg(): TestOrg {
  let clock = start
  let serial = 0
  const newId = (prefix: string): string => {
    const id = `${prefix}SM0${String(++serial).padStart(9, '0')}`
    return id + checksum(id)
  }
  const db = new DatabaseSync(':memory:')
  const org: SimOrg = { id: newId('00D'), db, now: () => clock, newId }
  createDataTables(org)
  // What the identity side makes over its grants; the columns are all that matters here.
  db.exec(`CREATE TABLE sim_test_grant (Id TEXT, AccessToken TEXT, RequestToken TEXT, DeleteToken TEXT, UserId TEXT,
    LastUsedDate TEXT, CreatedDate TEXT, UseCount INTEGER, AppName TEXT, AppMenuItemId TEXT, sim_row TEXT);
    CREATE VIEW "OauthToken" AS SELECT * FROM sim_test_grant`)
  const seeded = seedData(org)
  const person = (name: string, profile: keyof SeededData['profiles']): string =>
    insertRow(org, 'User', {
      Username: `${name.toLowerCase()}@acme.example`,
      FirstName: name,
      LastName: 'Tester',
      Alias: name.slice(0, 8),
      Email: `${name.toLowerCase()}@acme.example`,
      ProfileId: seeded.profiles[profile],
      CreatedDate: '2026-01-05T08:30:00.000+0000',
    })
  const users = {
    admin: person('Ada', 'System Administrator'),
    integration: person('Iggy', 'Minimum Access - API Only Integrations'),
    bare: person('Bo', 'Minimum Access - API Only Integrations'),
  }
  assignPermissionSet(org, users.integration, 'Billing_Sync_Integration')
  const records = seedRecords(org, users.admin)
  const sessionOf = (UsersId: string): string =>
    insertRow(org, 'AuthSession', { UsersId, CreatedDate: clock, LastModifiedDate: clock, NumSecondsValid: 7200 })
  const sessions = {
    admin: sessionOf(users.admin),
    integration: sessionOf(users.integration),
    bare: sessionOf(users.bare),
  }
  return {
    ...org,
    seeded,
    records,
    sessions,
    users,
    advance: (ms) => {
      clock += ms
    },
  }
}

export type Who = keyof TestOrg['users']

export function authenticateByName(org: TestOrg): Authenticate {
  return (request) => {
    const who = /^(?:Bearer|OAuth) (?:.*!)?(\w+)$/.exec(request.headers['authorization'] ?? '')?.[1]
    const userId = who === undefined ? undefined : org.users[who as Who]
    if (userId === undefined) {
      return {
        status: 401,
        headers: { 'content-type': 'application/json' },
        body: '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]',
      }
    }
    return { org, userId, appId: null, scopes: ['api'], accessTokenId: org.sessions[who as Who] }
  }
}

/** @salesforce/core asks who a token belongs to before it does anything with it. */
function userInfo(org: TestOrg, session: ReturnType<Authenticate>): SimResponse {
  if ('status' in session) return session
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: session.userId, organization_id: org.id }),
  }
}

export interface Listening {
  readonly url: string
  close(): Promise<void>
}

export async function listen(org: TestOrg): Promise<Listening> {
  const routes = dataRoutes(authenticateByName(org))
  const authenticate = authenticateByName(org)
  const answer = async (request: SimRequest): Promise<SimResponse> => {
    if (request.path === '/services/oauth2/userinfo') return userInfo(org, authenticate(request))
    for (const route of routes) {
      const match = route.method === '*' || route.method === request.method ? route.pattern.exec(request.path) : null
      if (match !== null) return await route.handle(request, match)
    }
    return { status: 404 }
  }
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', base())
      const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
      void answer({
        method: incoming.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: Buffer.concat(chunks),
        remoteAddress: '127.0.0.1',
        baseUrl: base(),
      })
        // A defect must fail its test at once, not leave the client waiting.
        .catch((error: unknown): SimResponse => ({ status: 500, body: JSON.stringify(String(error)) }))
        .then((response) => {
          outgoing.writeHead(response.status, { ...response.headers })
          outgoing.end(response.body)
        })
    })
  })
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: base(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export async function call(
  url: string,
  who: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${who}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}
