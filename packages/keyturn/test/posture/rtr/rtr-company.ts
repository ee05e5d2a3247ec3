/** A careless company over the wire, the CLI in a folder of its own, and a client that refreshes as programs do. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { scenario, startSimulator } from '@keyturn/simulator'
import type { Simulator } from '@keyturn/simulator'
import { makeFolder } from '../../cli.ts'
import type { Folder, Ran, Running } from '../../cli.ts'
import { runningHere } from '../../run-here.ts'

export const ada = 'ada.admin@legacy.example'

export interface LedgerLine {
  readonly kind: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Company {
  readonly sim: Simulator
  readonly folder: Folder
  readonly env: Readonly<Record<string, string>>
  rtr(...args: readonly string[]): Promise<Ran>
  json: (...args: readonly string[]) => ReturnType<Folder['json']>
  start(...args: readonly string[]): Running
  /** As the org's metadata declares it. */
  rotates(app: string): boolean
  ledger(): Promise<readonly LedgerLine[]>
  /** Refreshes with this token under this name of a program; the new one, or the one it had; null: refused. */
  refresh(app: string, token: string, program: string): Promise<string | null>
}

export const rtrCompany = async (t: TestContext, { hostile = false, user = ada } = {}): Promise<Company> => {
  const sim = await startSimulator({ seed: t.name, orgs: [scenario('legacy-company', { hostile })] })
  t.after(() => sim.close())
  const folder = runningHere(makeFolder(t))
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user, app: 'Team_CLI' })
  const env = { APP_SECRET: clientSecret }
  assert.equal((await folder.run(['init'])).code, 0)
  const connect = ['connect', 'acme', '--refresh-token-stdin', '--login-url', sim.url, '--client-id', clientId]
  const connected = await folder.run([...connect, '--client-secret-ref', 'env:APP_SECRET'], {
    stdin: `${refreshToken}\n`,
    env,
  })
  assert.equal(connected.code, 0, connected.stderr)
  const [org] = sim.orgs
  assert(org)
  const words = (args: readonly string[]): readonly string[] => ['rtr', ...args]
  return {
    sim,
    folder,
    env,
    rtr: (...args) => folder.run(words(args), { env }),
    json: (...args) => folder.json(words(args), { env }),
    start: (...args) => folder.start(words(args), { env }),
    rotates: (app) => {
      const types = ['ConnectedApp', 'ExtlClntAppGlobalOauthSettings'] as const
      const bodies = types.flatMap((type) =>
        sim.control
          .components({ type })
          .filter(({ fullName, body }) => fullName === app || body['externalClientApplication'] === app)
          .map(({ body }) => body),
      )
      assert.equal(bodies.length, 1, `${app}: ${bodies.length} files`)
      return JSON.stringify(bodies).includes('"isRefreshTokenRotationEnabled":true')
    },
    ledger: async () => {
      const { stdout } = await folder.run(['ledger', 'export'], { env })
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as LedgerLine)
    },
    refresh: async (app, token, program) => {
      const of = org.apps.find(({ name }) => name === app)
      assert(of)
      const answer = await fetch(`${org.instanceUrl}/services/oauth2/token`, {
        method: 'POST',
        headers: { 'user-agent': program },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: token,
          client_id: of.clientId,
          client_secret: of.clientSecret,
        }),
      })
      const body = (await answer.json()) as { readonly refresh_token?: string }
      return answer.ok ? (body.refresh_token ?? token) : null
    },
  }
}
