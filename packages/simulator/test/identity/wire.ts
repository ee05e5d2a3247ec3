/** What the tests of this folder say to a simulator, over real HTTP, and how they wait for something. */
import { after } from 'node:test'
import assert from 'node:assert/strict'
import { startSimulator } from '../../src/index.ts'
import type { AppSettings, ReadyGrant, SeededApp, SeededUser, Simulator, SimulatorOptions } from '../../src/index.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON body, or {}. */
  readonly json: Readonly<Record<string, string>>
}

const started: Simulator[] = []
after(async () => {
  await Promise.all(started.splice(0).map((sim) => sim.close()))
})

/** A simulator of its own for one test, its clock standing still; closed when the file is done. */
export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const sim = await startSimulator({ seed: 'test', clockStands: options.clockFile === undefined, ...options })
  started.push(sim)
  return sim
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  let json: unknown = {}
  try {
    json = JSON.parse(text)
  } catch {
    // Not JSON: the text says it.
  }
  return { status: response.status, headers: response.headers, text, json: json as Readonly<Record<string, string>> }
}

export const post = async (
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  answerOf(await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers, redirect: 'manual' }))

export const get = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  answerOf(await fetch(url, { headers, redirect: 'manual' }))

export const token = (
  sim: Simulator,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> => post(`${sim.url}/services/oauth2/token`, form, headers)

export const refresh = (
  sim: Simulator,
  grant: ReadyGrant,
  refreshToken = grant.refreshToken,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  token(
    sim,
    {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: grant.clientId,
      client_secret: grant.clientSecret,
    },
    headers,
  )

/** The status of an API call with this access token. */
export const call = (
  sim: Simulator,
  accessToken: string | undefined,
  path = '/services/data/v66.0/limits',
): Promise<Answer> =>
  get(`${sim.url}${path}`, accessToken === undefined ? {} : { Authorization: `Bearer ${accessToken}` })

export function userOf(sim: Simulator, name: 'admin' | 'integration' | 'api' = 'integration', org = 0): SeededUser {
  const user = sim.orgs[org]?.users.find((one) => one.username.startsWith(`${name}@`))
  assert.ok(user)
  return user
}

export function appOf(sim: Simulator, name: string, org = 0): SeededApp {
  const app = sim.orgs[org]?.apps.find((one) => one.name === name)
  assert.ok(app)
  return app
}

/** A ready grant of the integration user for the app Web, with these settings. */
export function grantUnder(sim: Simulator, settings: Partial<AppSettings> = {}): ReadyGrant {
  sim.control.changeApp({ app: 'Web', settings })
  return sim.control.grant({ user: userOf(sim).username, app: 'Web' })
}

export const expired = { error: 'invalid_grant', error_description: 'expired access/refresh token' }
export const inFlight = { error: 'invalid_grant', error_description: 'token request is already being processed' }

export const rows = async (sim: Simulator, soql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const admin = sim.control.grant({ user: userOf(sim, 'admin').username, app: 'Web' })
  const answer = await call(sim, admin.accessToken, `/services/data/v66.0/query?q=${encodeURIComponent(soql)}`)
  assert.equal(answer.status, 200, answer.text)
  return (answer.json as unknown as { readonly records: readonly Readonly<Record<string, unknown>>[] }).records
}

/** Polls until the condition holds; fails after five seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 30_000
  while (!(await condition())) {
    if (Date.now() > end) assert.fail(`Waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
