/** The JWT bearer flow at the broker: what opens a session, what does not, once, over replicas, and by real clients. */
import assert from 'node:assert/strict'
import { createSign, generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { readPublicKey } from '../../../src/broker/callers/assertion.ts'
import { brokerSettings } from '../../../src/broker/broker-settings.ts'
import { openLog } from '../../../src/broker/log.ts'
import { openBroker } from '../../../src/broker/server.ts'
import { brokerSection } from '../../../src/config/broker-section.ts'
import { core } from '../../../../tokens/test/adapters/sf-home.ts'
import { ask, DAY, form, openHall } from './hall.ts'
import type { Hall, Told } from './hall.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const next = generateKeyPairSync('rsa', { modulusLength: 2048 })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()
const spki = (key: KeyObject): string => readPublicKey(pemOf(key))
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Making {
  readonly header?: object
  readonly key?: KeyObject
  readonly hash?: string
}

/** As jsonwebtoken makes it. */
const jwt = (claims: object, { header = {}, key = rsa.privateKey, hash = 'sha256' }: Making = {}): string => {
  const body = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`
  return `${body}.${createSign(hash).update(body).sign({ key, dsaEncoding: 'ieee-p1363' }, 'base64url')}`
}

const flow = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const present = (url: string, assertion: string, headers: Readonly<Record<string, string>> = {}): Promise<Told> => {
  const asked = form({ grant_type: flow, assertion })
  return ask(`${url}/services/oauth2/token`, { ...asked, headers: { ...asked.headers, ...headers } })
}

const seconds = (hall: Hall, more = 180): number => Math.floor(hall.clock.wall() / 1000) + more
const called = async (url: string, token: string): Promise<number> =>
  (await ask(`${url}/services/data/v60.0/`, { headers: { authorization: `Bearer ${token}` } })).status

test('an assertion opens a virtual session, whatever the client writes as client id, moment and audience', async (t) => {
  const hall = await openHall(t)
  const ci = await hall.enrol('ci', {
    virtualUser: 'ci@acme.example',
    publicKey: spki(rsa.publicKey),
    client: { id: '3MVG9.app', secret: null },
    audiences: ['https://login.salesforce.com'],
  })
  const good = { iss: ci.id, sub: 'ci@acme.example', aud: hall.url, exp: seconds(hall) }
  const ways = [
    good,
    { ...good, iss: '3MVG9.app' },
    { ...good, sub: 'CI@acme.example', jti: randomUUID() },
    { ...good, aud: `${hall.url}/services/oauth2/token` },
    { ...good, aud: `${hall.url}/` },
    { ...good, aud: `${hall.url}/orgs/acme` },
    { ...good, aud: hall.url.replace('127.0.0.1', 'localhost') },
    { ...good, aud: 'https://login.salesforce.com/' },
    { ...good, aud: ['https://else.example', hall.url] },
    // As Salesforce's Java sample writes it, and as @salesforce/core does.
    { ...good, exp: String(seconds(hall, 200)) },
    { ...good, exp: hall.clock.wall() + 300 },
    { ...good, exp: seconds(hall, -170) },
  ]
  for (const claims of ways) {
    const { status, json } = await present(hall.url, jwt(claims))
    assert.equal(status, 200, JSON.stringify(claims))
    assert.match(json.access_token, /^00D\w{12}!KT[\w.]+$/)
    assert.equal(json.instance_url, hall.url)
    assert.equal(json.refresh_token, undefined)
    assert.equal(await called(hall.url, json.access_token), 200)
  }
  for (const [alg, hash] of [
    ['RS384', 'sha384'],
    ['RS512', 'sha512'],
  ] as const)
    assert.equal((await present(hall.url, jwt(good, { header: { alg }, hash }))).status, 200)
})

test('ES256 opens one, too, and a second signature over the same claims is the same assertion', async (t) => {
  const hall = await openHall(t)
  const ci = await hall.enrol('ci', { virtualUser: null, publicKey: spki(curve.publicKey) })
  const body = `${part({ alg: 'ES256' })}.${part({ iss: ci.id, sub: 'whoever', aud: hall.url, exp: seconds(hall) })}`
  const signed = (): string =>
    `${body}.${signBytes('sha256', Buffer.from(body), { key: curve.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  const [one, other] = [signed(), signed()]
  assert.notEqual(one, other)
  assert.equal((await present(hall.url, one)).status, 200)
  assert.equal((await present(hall.url, other)).json.error, 'invalid_grant')
})

test('every reason to refuse an assertion gets the same answer', async (t) => {
  const hall = await openHall(t)
  const more = { virtualUser: 'ci@acme.example', publicKey: spki(rsa.publicKey) }
  const ci = await hall.enrol('ci', more)
  const elsewhere = await hall.enrol('elsewhere', { ...more, virtualUser: null, ranges: ['192.0.2.0/24'] })
  const keyless = await hall.enrol('keyless', { virtualUser: null })
  const soap = await hall.enrol('soap', { virtualUser: null, faces: ['soap', 'proxy'] })
  const short = await hall.enrol('short', { ...more, virtualUser: null, expiresAt: hall.clock.wall() + 1000 })
  hall.later(2000)
  const good = { iss: ci.id, sub: 'ci@acme.example', aud: hall.url, exp: seconds(hall) }
  const [head = '', claims = '', mark = ''] = jwt(good).split('.')
  const refused: readonly (readonly [string, string])[] = [
    ['another key', jwt(good, { key: next.privateKey })],
    ['unknown caller', jwt({ ...good, iss: 'ktc_ffffffffffffffffffff' })],
    ['a caller without a key', jwt({ ...good, iss: keyless.id })],
    ['from another range', jwt({ ...good, iss: elsewhere.id })],
    ['not at this face', jwt({ ...good, iss: soap.id })],
    ['an expired caller', jwt({ ...good, iss: short.id })],
    ['another user', jwt({ ...good, sub: 'else@acme.example' })],
    ['another audience', jwt({ ...good, aud: 'https://login.salesforce.com' })],
    ['an audience below the broker', jwt({ ...good, aud: `${hall.url}/elsewhere` })],
    ['an audience at another port', jwt({ ...good, aud: 'http://127.0.0.1:1' })],
    ['too late', jwt({ ...good, exp: seconds(hall, -181) })],
    ['too far ahead', jwt({ ...good, exp: seconds(hall, 7200) })],
    ['not yet', jwt({ ...good, nbf: seconds(hall, 200) })],
    ['no end', jwt({ ...good, exp: undefined })],
    ['no audience', jwt({ ...good, aud: undefined })],
    ['no subject', jwt({ ...good, sub: undefined })],
    ['alg none', `${part({ alg: 'none' })}.${claims}.`],
    ['HMAC with the public key', jwt(good, { header: { alg: 'HS256' } })],
    ['the wrong hash', jwt(good, { header: { alg: 'RS512' } })],
    ['ES256 for an RSA key', jwt(good, { header: { alg: 'ES256' } })],
    ['an extension that must be understood', jwt(good, { header: { crit: ['b64'], b64: false } })],
    ['other claims under the signature', `${head}.${part({ ...good, exp: seconds(hall, 60) })}.${mark}`],
    ['another spelling of the head', `${head}=.${claims}.${mark}`],
    ['a cut signature', `${head}.${claims}.${mark.slice(0, -4)}`],
    ['five parts', `${head}.${claims}.${mark}.x.y`],
    ['nonsense', 'x'],
    ['a number', `${part({ alg: 'RS256' })}.${Buffer.from('1').toString('base64url')}.x`],
    ['a name of Object', jwt(good, { header: { alg: 'constructor' } })],
  ]
  for (const [why, assertion] of refused) {
    const { status, json } = await present(hall.url, assertion)
    assert.deepEqual([status, json], [400, { error: 'invalid_grant', error_description: 'invalid assertion' }], why)
  }
  // A stolen assertion for somebody else, with the Host header that would make it ours.
  const stolen = jwt({ ...good, aud: 'http://evil.example' })
  assert.equal((await present(hall.url, stolen, { host: 'evil.example' })).status, 400)
  assert.equal((await present(hall.url, jwt(good))).status, 200)
  t.diagnostic(`${refused.length + 1} assertions refused`)
})

test('an assertion opens one session, at whichever replica, and is forgotten when nobody would take it', async (t) => {
  const hall = await openHall(t)
  const ci = await hall.enrol('ci', { virtualUser: null, publicKey: spki(rsa.publicKey) })
  const settings = await brokerSettings(
    brokerSection.parse({ listen: [{ port: 0 }], hosts: ['127.0.0.1'] }),
    hall.folder,
    {},
  )
  const log = openLog({ clock: systemClock, level: 'silent', write: () => undefined })
  const other = await openBroker({ settings, keyturn: hall.keyturn, clock: systemClock, log, env: {}, version: '0' })
  t.after(() => other.close())
  const urls = [hall.url, other.addresses[0] ?? '']
  const claims = { iss: ci.id, sub: 'x', aud: urls, exp: seconds(hall), jti: 'one' }
  const assertion = jwt(claims)
  const answers = await Promise.all([...urls, ...urls, ...urls].map((url) => present(url, assertion)))
  assert.deepEqual(
    answers.map(({ status }) => status).sort((a, b) => a - b),
    [200, 400, 400, 400, 400, 400],
  )
  assert.equal((await hall.keyturn.store.records.list('used-assertion')).length, 1)
  hall.later(10 * 60_000)
  assert.equal((await present(hall.url, assertion)).status, 400)
  assert.equal((await present(hall.url, jwt({ ...claims, exp: seconds(hall) }))).status, 200)
  assert.equal((await hall.keyturn.store.records.list('used-assertion')).length, 1)
})

test('a key is rotated with an overlap of two, and without one the sessions end, too', async (t) => {
  const hall = await openHall(t)
  const ci = await hall.enrol('ci', { virtualUser: null, publicKey: spki(rsa.publicKey) })
  const tries = async (): Promise<readonly number[]> => {
    hall.later(1000)
    const claims = { iss: ci.id, sub: 'x', aud: hall.url, exp: seconds(hall), jti: randomUUID() }
    const [old, young] = [
      await present(hall.url, jwt(claims)),
      await present(hall.url, jwt(claims, { key: next.privateKey })),
    ]
    return [old.status, young.status]
  }
  assert.deepEqual(await tries(), [200, 400])
  const { json: before } = await present(hall.url, jwt({ iss: ci.id, sub: 'x', aud: hall.url, exp: seconds(hall) }))
  await hall.manage.rotateKey('ci', spki(next.publicKey), DAY)
  const claims = { iss: ci.id, sub: 'x', aud: hall.url, exp: seconds(hall, 100) }
  hall.later(1000)
  assert.equal((await present(hall.url, jwt(claims))).status, 200)
  assert.equal((await present(hall.url, jwt({ ...claims, jti: '2' }, { key: next.privateKey }))).status, 200)
  assert.equal(await called(hall.url, before.access_token), 200)
  hall.later(DAY)
  assert.deepEqual(await tries(), [400, 200])
  const { json: young } = await present(
    hall.url,
    jwt({ ...claims, exp: seconds(hall), jti: '3' }, { key: next.privateKey }),
  )
  await hall.manage.rotateKey('ci', spki(rsa.publicKey), 0)
  assert.deepEqual(await tries(), [200, 400])
  assert.equal(await called(hall.url, young.access_token), 401)
})

test('what is no public key is refused at enrolment, and a private one by name', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
  const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey
  const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  assert.throws(() => readPublicKey(pem), /That is a private key/)
  for (const text of ['', 'x', pemOf(weak), pemOf(other)])
    assert.throws(() => readPublicKey(text), { code: 'BAD_ARGUMENT' })
})

test('@salesforce/core logs in by its JWT flow, unmodified, and works on over an expiry', async (t) => {
  const hall = await openHall(t)
  const username = 'jwt-ci@acme.example'
  await hall.enrol('ci', {
    virtualUser: username,
    publicKey: spki(rsa.publicKey),
    client: { id: 'PlatformCLI.app', secret: null },
    audiences: ['https://login.salesforce.com'],
  })
  const keyFile = join(hall.folder, 'client.key')
  writeFileSync(keyFile, rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const authInfo = (await core.AuthInfo.create({
    username,
    oauth2Options: { loginUrl: hall.url, clientId: 'PlatformCLI.app', privateKeyFile: keyFile, privateKey: keyFile },
  } as never)) as unknown as { save(): Promise<void>; getFields(decrypt: boolean): Record<string, string> }
  await authInfo.save()
  assert.match(authInfo.getFields(true)['accessToken'] ?? '', /!KT/)
  const connection = await core.Connection.create({ authInfo, connectionOptions: { version: '60.0' } } as never)
  for (let day = 0; day < 2; day++) {
    assert.equal((await connection.query('SELECT Id FROM Account LIMIT 1')).totalSize, 1)
    hall.sim.control.expireAccessTokens()
  }
  await connection.refreshAuth()
  assert.equal((await connection.query('SELECT Id FROM Account LIMIT 1')).totalSize, 1)
  assert.deepEqual([hall.sim.control.oracle().total.reuses, hall.sim.control.oracle().total.grantsLost], [0, 0])
})

test('jsforce logs in by requestToken with an assertion', async (t) => {
  const hall = await openHall(t)
  const ci = await hall.enrol('ci', { virtualUser: null, publicKey: spki(rsa.publicKey) })
  const { OAuth2 } = createRequire(import.meta.url)('@jsforce/jsforce-node') as {
    OAuth2: new (options: object) => { requestToken(form: object): Promise<{ access_token: string }> }
  }
  const assertion = jwt({ iss: ci.id, sub: 'x', aud: hall.url, exp: seconds(hall) })
  const answer = await new OAuth2({ loginUrl: hall.url }).requestToken({ grant_type: flow, assertion })
  assert.equal(await called(hall.url, answer.access_token), 200)
})
