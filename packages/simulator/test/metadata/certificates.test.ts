/** The certificate in an app's slot: it holds one, a deployment cuts over, and what the token endpoint takes follows. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { X509Certificate, createPublicKey } from 'node:crypto'
import type { Simulator } from '../../src/index.ts'
import { userOf } from '../identity/wire.ts'
import {
  at,
  connectedApp,
  deploy,
  deployApp,
  file,
  jwtLogin,
  manifest,
  problems,
  read,
  retrieve,
  world,
} from './org.ts'

const slot = (pem: string): string => `<certificate>${pem}</certificate><scopes>Api</scopes>`

function appWithCertificate(sim: Simulator) {
  const username = userOf(sim).username
  const app = sim.control.addApp({
    name: 'Sync',
    certificate: { days: 90 },
    settings: { permittedUsers: 'admin', preAuthorizedUsers: [username] },
  })
  const login = (privateKey: string) => jwtLogin(sim, { clientId: app.clientId, privateKey, username })
  return { app, login }
}

test('a certificate deployed to a connected app is what its assertions are verified with, and the old one is over', async () => {
  const { sim, conn } = await world()
  const { app, login } = appWithCertificate(sim)
  assert.ok(app.privateKey)
  assert.equal((await login(app.privateKey)).status, 200)

  const next = sim.control.makeCertificate({ days: 365 })
  const dry = await deployApp(conn, 'Sync', connectedApp('', slot(next.certificate)), { checkOnly: true })
  assert.equal(dry.status, 'Succeeded')
  assert.equal((await login(next.privateKey)).status, 400, 'a dry run changes nothing')
  assert.equal((await login(app.privateKey)).status, 200)

  const real = await deployApp(conn, 'Sync', connectedApp('', slot(next.certificate)))
  assert.equal(real.status, 'Succeeded', JSON.stringify(real))
  assert.equal((await login(next.privateKey)).status, 200)
  const old = await login(app.privateKey)
  assert.deepEqual([old.status, old.json['error_description']], [400, 'invalid assertion'])
  assert.equal(at(await read(conn, 'ConnectedApp', 'Sync'), 'oauthConfig', 'certificate'), next.certificate.trim())
})

test('a certificate deployed to an external client app does the same', async () => {
  const { sim, conn } = await world()
  const username = userOf(sim).username
  const app = sim.control.addApp({
    name: 'Ext',
    kind: 'external',
    certificate: {},
    settings: { permittedUsers: 'admin', preAuthorizedUsers: [username] },
  })
  const next = sim.control.makeCertificate()
  const result = await deploy(conn, {
    'package.xml': manifest({ ExtlClntAppGlobalOauthSettings: ['Ext_glbloauth'] }),
    'extlClntAppGlobalOauthSets/Ext_glbloauth.ecaGlblOauth': file(
      'ExtlClntAppGlobalOauthSettings',
      `<certificate>${next.certificate}</certificate><externalClientApplication>Ext</externalClientApplication><label>x</label>`,
    ),
  })
  assert.equal(result.status, 'Succeeded', JSON.stringify(problems(result)))
  const login = (privateKey: string | null) =>
    jwtLogin(sim, { clientId: app.clientId, privateKey: privateKey ?? '', username })
  assert.equal((await login(next.privateKey)).status, 200)
  assert.equal((await login(app.privateKey)).status, 400)
})

test('what is no certificate, or holds a private key, or is too long, or not RSA, is refused', async () => {
  const { sim, conn } = await world()
  appWithCertificate(sim)
  const made = sim.control.makeCertificate()
  for (const [text, expected] of [
    ['nonsense', /not a PEM-encoded/],
    [made.privateKey, /private key/],
    [`${made.certificate}${'x'.repeat(4000)}`, /4 KB/],
  ] as const) {
    const result = await deployApp(conn, 'Sync', connectedApp('', slot(text)))
    assert.equal(result.status, 'Failed')
    assert.match(problems(result)[0] ?? '', expected)
  }
})

test('an expired certificate is refused when it is deployed and when it verifies, or not: two switches', async () => {
  const { sim, conn } = await world()
  const { login } = appWithCertificate(sim)
  const stale = sim.control.makeCertificate({ fromDays: -30, days: 10 })
  const deployIt = () => deployApp(conn, 'Sync', connectedApp('', slot(stale.certificate)))
  assert.match(problems(await deployIt())[0] ?? '', /expired/)
  sim.control.changeOrg({ settings: { expiredCertificateDeploys: true } })
  assert.equal((await deployIt()).status, 'Succeeded')
  assert.equal((await login(stale.privateKey)).status, 400)
  sim.control.changeOrg({ settings: { expiredCertificateVerifies: true } })
  assert.equal((await login(stale.privateKey)).status, 200)
})

test('a certificate runs out while it is in the slot', async () => {
  const { sim } = await world()
  const { app, login } = appWithCertificate(sim)
  sim.control.moveClock({ advanceMs: 91 * 86_400_000 })
  assert.equal((await login(app.privateKey ?? '')).status, 400)
})

test('until it has got around, a deployed certificate works on some servers and the old one on others', async () => {
  const { sim, conn } = await world()
  const { app, login } = appWithCertificate(sim)
  const next = sim.control.makeCertificate()
  sim.control.changeApp({ app: 'Sync', settings: { propagationMs: 10 * 60_000, propagation: 'mixed' } })
  await deployApp(conn, 'Sync', connectedApp('', slot(next.certificate)))
  assert.equal(at(await read(conn, 'ConnectedApp', 'Sync'), 'oauthConfig', 'certificate'), next.certificate.trim())
  const seen = { old: new Set<number>(), next: new Set<number>() }
  for (let i = 0; i < 20; i++) {
    seen.next.add((await login(next.privateKey)).status)
    seen.old.add((await login(app.privateKey ?? '')).status)
  }
  assert.deepEqual(
    [...seen.next].toSorted((a, b) => a - b),
    [200, 400],
  )
  assert.deepEqual(
    [...seen.old].toSorted((a, b) => a - b),
    [200, 400],
  )
  sim.control.moveClock({ advanceMs: 10 * 60_000 })
  assert.equal((await login(next.privateKey)).status, 200)
  assert.equal((await login(app.privateKey ?? '')).status, 400)
})

test('propagation that is late shows nothing until its time', async () => {
  const { sim, conn } = await world()
  const { login } = appWithCertificate(sim)
  const next = sim.control.makeCertificate()
  sim.control.changeApp({ app: 'Sync', settings: { propagationMs: 60_000, propagation: 'late' } })
  await deployApp(conn, 'Sync', connectedApp('', slot(next.certificate)))
  for (let i = 0; i < 6; i++) assert.equal((await login(next.privateKey)).status, 400)
  sim.control.moveClock({ advanceMs: 60_000 })
  assert.equal((await login(next.privateKey)).status, 200)
})

test('an app whose certificate is not mentioned keeps it, or loses it: a switch', async () => {
  const { sim, conn } = await world()
  const { app, login } = appWithCertificate(sim)
  await deployApp(conn, 'Sync', connectedApp(''))
  assert.equal((await login(app.privateKey ?? '')).status, 200)
  sim.control.changeOrg({ settings: { absentAppElements: 'reset' } })
  await deployApp(conn, 'Sync', connectedApp(''))
  assert.equal((await login(app.privateKey ?? '')).status, 400)
})

test('a certificate of the org is made by it, lasts a year or two, and gives away no key', async () => {
  const { conn } = await world()
  const meta = (inner: string): string =>
    file('Certificate', `<caSigned>false</caSigned>${inner}<masterLabel>C</masterLabel>`)
  const made = await deploy(conn, {
    'package.xml': manifest({ Certificate: ['Mine'] }),
    'certs/Mine.crt': '',
    'certs/Mine.crt-meta.xml': meta('<keySize>2048</keySize>'),
  })
  assert.equal(made.status, 'Succeeded', JSON.stringify(made.details))
  const { files } = await retrieve(conn, { Certificate: ['*'] })
  const pem = new X509Certificate(files.get('certs/Mine.crt') ?? '')
  assert.equal(createPublicKey(pem.publicKey.export({ type: 'spki', format: 'pem' })).asymmetricKeyType, 'rsa')
  assert.ok(pem.verify(pem.publicKey))
  const days = (Date.parse(pem.validTo) - Date.parse(pem.validFrom)) / 86_400_000
  assert.equal(days, 365)
  assert.match(files.get('certs/Mine.crt-meta.xml') ?? '', /<expirationDate>/)
  assert.doesNotMatch([...files.values()].join(''), /PRIVATE|privateKey>/)
  const grown = await deploy(conn, {
    'package.xml': manifest({ Certificate: ['Mine'] }),
    'certs/Mine.crt': '',
    'certs/Mine.crt-meta.xml': meta('<keySize>4096</keySize>'),
  })
  assert.match(problems(grown)[0] ?? '', /Cannot change keySize/)
  const theirs = await deploy(conn, {
    'package.xml': manifest({ Certificate: ['Theirs'] }),
    'certs/Theirs.crt': files.get('certs/Mine.crt') ?? '',
    'certs/Theirs.crt-meta.xml': meta(''),
  })
  assert.match(problems(theirs)[0] ?? '', /can’t import/)
})

test('for a certificate to be signed by an authority the file holds the request', async () => {
  const { conn } = await world()
  const result = (await conn.metadata.create('Certificate', {
    fullName: 'Signed',
    caSigned: true,
    masterLabel: 'Signed',
    keySize: 2048,
  })) as unknown as { readonly success: boolean }
  assert.equal(result.success, true)
  const content = at(await read(conn, 'Certificate', 'Signed'), 'content') ?? ''
  assert.match(Buffer.from(content, 'base64').toString(), /BEGIN CERTIFICATE REQUEST/)
})
