/** An external client app, who manages it, and what its consumers go through in the tests of this folder. */
import assert from 'node:assert/strict'
import { simulator, token } from '../identity/wire.ts'
import type { Answer } from '../identity/wire.ts'
import { rest, sessionOf } from './asking.ts'
import type { AppSettings, SeededApp, Simulator } from '../../src/index.ts'

export const minute = 60_000
export const day = 86_400_000
export const manager = 'manager@acme.example'

export interface Pair {
  readonly clientId: string
  readonly clientSecret: string
}

export interface Staged {
  readonly id: string
  readonly key: string
  readonly secret: string
  readonly state: string
  readonly url: string
  readonly stagedCredentialsUrl: string
  readonly createdBy: string
  readonly createdDate: string
  readonly expirationDate: string
}

export interface World {
  readonly sim: Simulator
  readonly app: SeededApp
  readonly session: string
  readonly path: string
  readonly pair: Pair
}

export async function world(settings: Partial<AppSettings> = {}): Promise<World> {
  const sim = await simulator({
    orgs: [
      {
        name: 'acme',
        users: [
          { username: 'admin@acme.example', profile: 'System Administrator' },
          { username: manager, permissions: ['ExternalClientAppDeveloper', 'ViewClientSecret'] },
          { username: 'integration@acme.example' },
          { username: 'machine@acme.example', apiOnly: true },
        ],
        apps: [
          { name: 'Web' },
          {
            name: 'Sync_App',
            kind: 'external',
            jwt: true,
            settings: { clientCredentials: true, clientCredentialsUser: 'machine@acme.example', ...settings },
          },
        ],
        settings: { consumerSecretsByRest: true },
      },
    ],
  })
  const app = sim.orgs[0]?.apps.find((one) => one.name === 'Sync_App')
  assert.ok(app)
  const session = sessionOf(sim, manager)
  const root = `/apps/oauth/credentials/${app.id}`
  const list = (await rest(sim, session, 'GET', root)).json as unknown as {
    readonly consumers: readonly { readonly id: string }[]
  }
  const path = `${root}/${list.consumers[0]?.id}`
  return { sim, app, session, path, pair: { clientId: app.clientId, clientSecret: app.clientSecret } }
}

export const stage = async ({ sim, session, path }: World): Promise<Staged> => {
  const answer = await rest(sim, session, 'POST', `${path}/staged`)
  assert.equal(answer.status, 200, answer.text)
  const { stagedCredentials, url } = answer.json as unknown as { stagedCredentials: readonly Staged[]; url: string }
  assert.equal(url, `/services/data/v66.0${path}/staged`)
  const [staged] = stagedCredentials
  assert.ok(staged)
  return staged
}

export const rotate = ({ sim, session, path }: World, id: string): Promise<Answer> =>
  rest(sim, session, 'PATCH', `${path}/staged/${id}`, { command: 'rotate' })

export const pairOf = ({ key, secret }: Staged): Pair => ({ clientId: key, clientSecret: secret })

/** `in`, or the error of a client credentials request. */
export async function knock({ sim }: World, { clientId, clientSecret }: Pair): Promise<string> {
  const answer = await token(sim, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  return answer.status === 200 ? 'in' : (answer.json['error'] ?? answer.text)
}

export const renew = async (
  { sim }: World,
  refreshToken: string,
  { clientId, clientSecret }: Pair,
): Promise<{ readonly error: string | undefined; readonly next: string }> => {
  const answer = await token(sim, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    client_secret: clientSecret,
  })
  return { error: answer.json['error'], next: answer.json['refresh_token'] ?? refreshToken }
}
