/**
 * simple-oauth2, in the place of what integration platforms (MuleSoft and others) call a generic OAuth connection: token
 * URL, client id, client secret, and perhaps a refresh token of long ago.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { openDoorway } from './doorway.ts'
import type { Doorway } from './doorway.ts'

interface Token {
  readonly token: { readonly [field: string]: unknown }
  refresh(): Promise<Token>
}

/** As far as it is used here; the package has no types of its own. */
interface SimpleOauth2 {
  readonly ClientCredentials: new (config: object) => { getToken(parameters: object): Promise<Token> }
  readonly AuthorizationCode: new (config: object) => { createToken(token: object): Token }
}

const { AuthorizationCode, ClientCredentials } = createRequire(import.meta.url)('simple-oauth2') as SimpleOauth2

const configOf = (door: Doorway, { id, secret }: { readonly id: string; readonly secret: string }) => ({
  client: { id, secret },
  auth: { tokenHost: door.url, tokenPath: '/services/oauth2/token' },
})

const limits = async (token: Token['token']): Promise<number> => {
  const headers = { authorization: `Bearer ${String(token['access_token'])}` }
  return (await fetch(`${String(token['instance_url'])}/services/data/v60.0/limits`, { headers })).status
}

test('generic OAuth: client credentials, credentials in the header and in the body', async (t) => {
  const door = await openDoorway(t)
  const caller = await door.enrol('mule')
  for (const authorizationMethod of ['header', 'body'] as const) {
    const client = new ClientCredentials({ ...configOf(door, caller), options: { authorizationMethod } })
    const { token } = await client.getToken({})
    assert.equal(await limits(token), 200)
    door.expire()
    assert.equal(await limits(token), 200, 'the end of the org’s session is not seen')
  }
  assert.deepEqual(door.counts().slice(1), [0, 0])
})

test('generic OAuth: a refresh token from the configuration, refreshed at every start and twice in one', async (t) => {
  const door = await openDoorway(t)
  const caller = await door.enrol('mule')
  for (let start = 0; start < 3; start++) {
    const client = new AuthorizationCode(configOf(door, caller))
    const kept = client.createToken({ refresh_token: caller.refreshToken })
    for (let again = 0; again < 2; again++) {
      const { token } = await kept.refresh()
      assert.equal(await limits(token), 200)
    }
    door.expire()
  }
  assert.deepEqual(door.counts().slice(1), [0, 0])
})
