/** What a person is told after a failure can be done as it stands, and helps. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectJwt, connectRefresh, setUp } from './connected.ts'

test('a refresh token whose first exchange fails is kept, and no success is claimed; the advised command repairs it', async (t) => {
  const { sim, folder, app, user } = await setUp(t)
  const { refreshToken } = sim.control.grant({ user, app: 'Web' })
  const web = app('Web')
  const args = ['connect', 'acme', '--refresh-token-stdin', '--login-url', sim.url, '--client-id', web.clientId]
  const connected = await folder.run(args, { stdin: refreshToken })
  assert.equal(connected.code, 1)
  assert.match(connected.stdout, /gives no access token yet/)
  assert.doesNotMatch(connected.stdout, /is connected/)
  assert.match(connected.stdout, /`keyturn grants retry acme --client-secret-stdin`/)
  const retried = await folder.run(['grants', 'retry', 'acme', '--client-secret-stdin'], { stdin: web.clientSecret })
  assert.equal(retried.code, 0, retried.stderr)
  const { value } = await folder.json(['token', 'acme'])
  assert.equal(value.instanceUrl, sim.url)
})

test('a retry of a grant that is dead sends to a new sign-in', async (t) => {
  const setup = await setUp(t)
  const { sim, folder, app } = setup
  await connectRefresh(setup)
  const env = { WEB_SECRET: app('Web').clientSecret }
  const retry = async (): Promise<string> => (await folder.run(['grants', 'retry', 'acme'], { env })).stdout
  assert.match(await retry(), /Next: keyturn token acme/)
  sim.control.changeApp({ app: 'Web', settings: { refreshTokenPolicy: { kind: 'zero' } } })
  sim.control.expireAccessTokens()
  assert.notEqual((await folder.run(['token', 'acme', '--rejected', '1'], { env })).code, 0)
  assert.match(await retry(), /Next: keyturn connect acme/)
})

test('a login URL that is not Salesforce’s is refused before anybody is sent there', async (t) => {
  const { folder } = await setUp(t)
  for (const url of ['https://evil.example', 'http://login.salesforce.com', 'acme.my.salesforce.com']) {
    const refused = await folder.run(['connect', 'acme', '--client-id', 'x', '--login-url', url, '--no-open'])
    assert.equal(refused.code, 2)
    assert.match(refused.stderr, /^LOGIN_URL_REFUSED/)
    assert.doesNotMatch(refused.stderr, /authorize/)
  }
})

test('a refused sign-in comes with the cause that Salesforce’s words stand for', async (t) => {
  const setup = await setUp(t)
  const { sim, folder, app, user, keyFile } = setup
  const args = ['connect', 'acme', '--jwt', '--login-url', sim.url, '--username', user, '--key-file', keyFile]
  const wrongApp = await folder.run([...args, '--client-id', app('Web').clientId])
  assert.equal(wrongApp.code, 5)
  assert.match(wrongApp.stderr, /^GRANT_REFUSED: .*invalid assertion\. .+\n→ .*--key-file/s)
})

test('an empty file in the place of the store is not taken for a new one', async (t) => {
  const { folder } = await setUp(t)
  writeFileSync(join(folder.path, 'keyturn.db'), '')
  for (const args of [['token', 'acme'], ['grants']]) {
    const ran = await folder.run(args)
    assert.equal(ran.code, 3)
    assert.match(ran.stderr, /^STORE_MISSING: .*is empty\n→ .*store restore/)
  }
})

test('a timer keeps grants alive with `grants sweep`, and hears of a failure', async (t) => {
  const setup = await setUp(t)
  const { sim, folder, app } = setup
  await connectRefresh(setup)
  const env = { WEB_SECRET: app('Web').clientSecret }
  const first = await folder.json(['grants', 'sweep'], { env })
  assert.deepEqual([first.code, first.value.done], [0, [{ grant: 'acme', did: 'session-life-learned' }]])
  const idle = await folder.run(['grants', 'sweep'], { env })
  assert.deepEqual([idle.code, idle.stdout], [0, 'Nothing was to be done.\n'])
  // An answer that got lost leaves a doubt without a living token or a spare: the sweep can't end it at once.
  const { value } = await folder.json(['token', 'acme'], { env })
  sim.control.addFault({ match: { endpoint: 'token' }, action: { drop: 'after' } })
  sim.control.expireAccessTokens()
  assert.equal((await folder.json(['token', 'acme', '--rejected', String(value.generation)], { env })).code, 6)
  const swept = await folder.json(['grants', 'sweep'], { env })
  assert.deepEqual([swept.code, swept.value.done], [1, [{ grant: 'acme', did: 'GRANT_IN_DOUBT' }]])
  const plain = await folder.run(['grants', 'sweep', '--lost-host-after', '7'], { env })
  assert.match(plain.stdout, /^acme +failed: GRANT_IN_DOUBT$/m)
})

test('an object nobody can see is no table without rows, and a command without its dashes is told so', async (t) => {
  const setup = await setUp(t)
  await connectJwt(setup)
  const fields = await setup.folder.run(['fields', 'acme', 'Accoun'])
  assert.equal(fields.code, 1)
  assert.match(fields.stdout, /No such object/)
  for (const args of [['ls', '-l'], ['ls'], []]) {
    const ran = await setup.folder.run(['exec', 'acme', ...args])
    assert.equal(ran.code, 2)
    assert.match(ran.stderr, /No command to run\n→ .*exec NAME -- COMMAND/)
  }
})
