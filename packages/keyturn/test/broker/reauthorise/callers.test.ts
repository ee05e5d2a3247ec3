/** Programs of other people across a death: what they are told, what they keep, and that they go on unchanged. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { form, until } from '../hall/hall.ts'
import { openBrowser } from './browser.ts'
import { openScene, USER } from './scene.ts'
import type { Scene } from './scene.ts'

interface Connection {
  accessToken: string
  refreshToken: string
  request(of: { method: string; url: string; body?: string; headers?: object }): Promise<unknown>
  query(soql: string): Promise<{ totalSize: number }>
  login(username: string, password: string): Promise<unknown>
}

const { Connection: Jsforce } = createRequire(import.meta.url)('jsforce') as {
  Connection: new (options: object) => Connection
}

const SOQL = 'SELECT Id FROM Organization'
/** A POST: jsforce repeats what can be repeated five times over fifteen seconds before it tells of a 503. */
const post = (connection: Connection): Promise<unknown> =>
  connection.request({
    method: 'POST',
    url: '/services/data/v60.0/composite',
    body: '{"compositeRequest":[]}',
    headers: { 'content-type': 'application/json' },
  })

const told = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'served',
    (error: unknown) => `${(error as Error).name} ${(error as Error).message}`,
  )

test('jsforce with a stable refresh token: an honest error while a person is asked, then the same connection goes on', async (t) => {
  const scene = await openScene(t)
  const { id, secret, refreshToken } = scene.caller
  const connection = new Jsforce({
    oauth2: { loginUrl: scene.url, clientId: id, clientSecret: secret },
    refreshToken,
    accessToken: '00D000000000000!stale',
    instanceUrl: scene.url,
    version: '60.0',
  })
  assert.equal((await connection.query(SOQL)).totalSize, 1)
  const session = connection.accessToken
  await scene.die()
  const link = await scene.link()
  const during = await told(post(connection))
  assert.match(during, /REAUTHORISATION_PENDING/)
  assert.equal(connection.accessToken, session, 'it did not throw its session away')
  const fresh = new Jsforce({
    oauth2: { loginUrl: scene.url, clientId: id, clientSecret: secret },
    refreshToken,
    accessToken: '00D000000000000!stale',
    instanceUrl: scene.url,
    version: '60.0',
  })
  const restarted = await told(post(fresh))
  assert.match(restarted, /temporarily_unavailable|REAUTHORISATION_PENDING/)
  assert.doesNotMatch(restarted, /invalid_grant/)
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
  assert.equal((await connection.query(SOQL)).totalSize, 1)
  assert.equal(connection.accessToken, session)
  assert.equal((await fresh.query(SOQL)).totalSize, 1)
  assert.equal(fresh.refreshToken, refreshToken)
})

const doors = (scene: Scene, session: string) => {
  const { id, secret, password, basic } = scene.caller
  const soap = `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com">`
  const at = `${scene.url}/services/Soap/u/60.0`
  const xml = { 'content-type': 'text/xml', soapaction: '""' }
  const bearer = { authorization: `Bearer ${session}` }
  const token = `${scene.url}/services/oauth2/token`
  return {
    'client credentials': () =>
      scene.ask(token, form({ grant_type: 'client_credentials', client_id: id, client_secret: secret })),
    password: () => scene.ask(token, form({ grant_type: 'password', username: 'etl@broker.example', password })),
    'SOAP login': () =>
      scene.ask(at, {
        method: 'POST',
        headers: xml,
        body: `${soap}<e:Body><u:login><u:username>etl@broker.example</u:username><u:password>${password}</u:password></u:login></e:Body></e:Envelope>`,
      }),
    'SOAP call': () =>
      scene.ask(at, {
        method: 'POST',
        headers: xml,
        body: `${soap}<e:Header><u:SessionHeader><u:sessionId>${session}</u:sessionId></u:SessionHeader></e:Header><e:Body><u:getUserInfo/></e:Body></e:Envelope>`,
      }),
    'Bulk 1.0': () => scene.ask(`${scene.url}/services/async/60.0/job/x`, { headers: { 'x-sfdc-session': session } }),
    REST: () => scene.ask(`${scene.url}/services/data/v60.0/limits`, { headers: bearer }),
    userinfo: () => scene.ask(`${scene.url}/services/oauth2/userinfo`, { headers: bearer }),
    'own API': () => scene.ask(`${scene.url}/keyturn/v1/grants/acme`, { headers: { authorization: basic } }),
  }
}

test('at every door the answer during a death is 503 with Retry-After, and nothing a client takes for the end of its session', async (t) => {
  const scene = await openScene(t)
  const { id, secret } = scene.caller
  const first = await scene.ask(
    `${scene.url}/services/oauth2/token`,
    form({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  )
  const session: string = first.json.access_token
  await scene.die()
  const link = await scene.link()
  for (const [door, knock] of Object.entries(doors(scene, session))) {
    const answer = await knock()
    if (door === 'own API') {
      assert.deepEqual([answer.status, answer.json.status], [200, 'reauthorization-required'])
      continue
    }
    assert.equal(answer.status, 503, `${door}: ${answer.text}`)
    assert.equal(answer.headers['retry-after'], '60', door)
    assert.match(answer.text, /REAUTHORISATION_PENDING/, door)
    assert.doesNotMatch(answer.text, /invalid_grant|INVALID_LOGIN|INVALID_SESSION|InvalidSessionId/, door)
  }
  assert.match((await openBrowser(scene).signIn(link)).text, /lives again/)
  for (const [door, knock] of Object.entries(doors(scene, session))) {
    const answer = await knock()
    assert.ok(answer.status !== 503 && answer.status !== 401, `${door}: ${answer.status} ${answer.text}`)
  }
})

test('somebody else spends the token: the ledger shows it, and the owner hears of it with the evidence', async (t) => {
  const scene = await openScene(t, { judge: 'ledger' })
  const { clientId, clientSecret } = scene.ready
  const stored = await scene.keyturn.store.grant('acme')
  const stolen = await scene.keyturn.store.secret(stored?.id ?? '', 'refreshToken')
  const spend = () =>
    scene.ask(
      `${scene.sim.url}/services/oauth2/token`,
      form({
        grant_type: 'refresh_token',
        refresh_token: stolen?.reveal() ?? '',
        client_id: clientId,
        client_secret: clientSecret,
      }),
    )
  assert.equal((await spend()).status, 200)
  scene.sim.control.expireAccessTokens()
  const { generation } = await scene.keyturn.grants.show('acme')
  await assert.rejects(scene.keyturn.rejected('acme', generation), { code: 'GRANT_DEAD' })
  await until('told', () => scene.told.some(({ kind }) => kind === 'reauthorization-required'))
  const alarm = scene.told.find(({ kind }) => kind === 'token-used-by-somebody-else')
  assert.equal(alarm?.severity, 'alarm', JSON.stringify(scene.told))
  assert.ok((await scene.metrics()).includes('keyturn_alarms_total{alarm="token-used-by-somebody-else"} 1'))
  assert.equal(
    scene.told.findIndex(({ kind }) => kind === 'token-used-by-somebody-else'),
    0,
    'the alarm comes first',
  )
  assert.match((await openBrowser(scene).signIn(await scene.link(), USER)).text, /lives again/)
})
