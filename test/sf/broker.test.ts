/** The unmodified sf CLI at the broker: by a session, by a stable token in an SFDX URL, by JWT. No web login: see docs. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDoorway } from '../../packages/keyturn/test/broker/clients/doorway.ts'
import type { Doorway } from '../../packages/keyturn/test/broker/clients/doorway.ts'
import { good, makeWorkplace } from './sf-cli.ts'
import type { Workplace } from './sf-cli.ts'

const user = 'integration@acme.example'
const query = ['data', 'query', '-q', 'SELECT Id FROM Account LIMIT 1']

/** Three queries, each a process of its own, each after the end of the org's session. */
const work = async (
  door: Doorway,
  { sfJson }: Workplace,
  target: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const [before = 0] = door.counts()
  for (let end = 0; end < 3; end++) {
    door.expire()
    assert.equal(good(await sfJson([...query, ...target], { env })).totalSize, 1)
  }
  assert.deepEqual(door.counts(), [before + 3, 0, 0])
}

const sessionOf = async (door: Doorway): Promise<string> => {
  const { id, secret } = await door.enrol('sf')
  const answer = await fetch(`${door.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  })
  return ((await answer.json()) as { readonly access_token: string }).access_token
}

test('sf CLI: a virtual session by environment, without a login file', async (t) => {
  const door = await openDoorway(t)
  const place = makeWorkplace(t)
  await work(door, place, [], { SF_TARGET_ORG: await sessionOf(door), SF_ORG_INSTANCE_URL: door.url })
})

test('sf CLI: org login access-token with a virtual session, display and queries', async (t) => {
  const door = await openDoorway(t)
  const place = makeWorkplace(t)
  const login = ['org', 'login', 'access-token', '--instance-url', door.url, '--no-prompt', '--alias', 'acme']
  const loggedIn = good(await place.sfJson(login, { env: { SF_ACCESS_TOKEN: await sessionOf(door) } }))
  assert.equal(loggedIn.username, user)
  assert.equal(good(await place.sfJson(['org', 'display', '-o', 'acme'])).connectedStatus, 'Connected')
  await work(door, place, ['-o', 'acme'])
})

test('sf CLI: org login sfdx-url with the stable refresh token, over HTTPS with the private CA', async (t) => {
  const door = await openDoorway(t)
  const place = makeWorkplace(t)
  const { id, secret, refreshToken } = await door.enrol('sf')
  const file = join(place.folder, 'url.txt')
  writeFileSync(file, `force://${id}:${secret}:${refreshToken}@localhost:${door.port}`, { mode: 0o600 })
  const env = { NODE_EXTRA_CA_CERTS: door.caFile }
  const login = ['org', 'login', 'sfdx-url', '--sfdx-url-file', file, '--alias', 'acme']
  assert.equal(good(await place.sfJson(login, { env })).username, user)
  await work(door, place, ['-o', 'acme'], env)
  // The same URL on a second machine, as CI does it: it would end the grant at Salesforce.
  const other = makeWorkplace(t)
  const same = join(other.folder, 'url.txt')
  writeFileSync(same, `force://${id}:${secret}:${refreshToken}@localhost:${door.port}`, { mode: 0o600 })
  good(await other.sfJson(['org', 'login', 'sfdx-url', '--sfdx-url-file', same, '--alias', 'acme'], { env }))
  await work(door, place, ['-o', 'acme'], env)
})

test('sf CLI: org login jwt with a key of its own', async (t) => {
  const door = await openDoorway(t)
  const place = makeWorkplace(t)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keyFile = join(place.folder, 'server.key')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const { id } = await door.enrol('ci', {
    virtualUser: user,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  })
  const flags = ['--client-id', id, '--jwt-key-file', keyFile, '--username', user, '--alias', 'acme']
  good(await place.sfJson(['org', 'login', 'jwt', '--instance-url', door.url, ...flags]))
  await work(door, place, ['-o', 'acme'])
})
