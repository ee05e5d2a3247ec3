/** Components as data, deployments by id, and the certificates of an org, over the wire of the simulated Metadata API. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { appCertificate, withCertificate } from '../../src/org/app-certificate.ts'
import { certificateExpiry, expiryWarning } from '../../src/org/certificate-expiry.ts'
import { certificateFacts } from '../../src/org/certificate-pem.ts'
import { orgConnection } from '../../src/org/connection.ts'
import { isOn, readComponent, withElement } from '../../src/org/metadata-component.ts'
import { deploymentOf, startDeployment } from '../../src/org/metadata-deploy.ts'
import { componentXml, zipOf } from '../../src/org/metadata-file.ts'
import { scene } from '../rotation/scene.ts'

const day = 86_400_000

const place = async (t: TestContext) => {
  const { sim, keyturn, ...rest } = await scene(t)
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  await keyturn.grants.add({
    name: 'admin',
    loginUrl: sim.url,
    clientId,
    clientSecret,
    refreshToken,
    flow: 'refresh_token',
  })
  return { ...rest, sim, keyturn, org: orgConnection(keyturn, 'admin') }
}

void test('a component is read, changed in one element and deployed; what another element says stays, whatever the org resets', async (t) => {
  const { sim, org } = await place(t)
  sim.control.changeOrg({ settings: { absentAppElements: 'reset', metadataRunMs: 60_000 } })
  sim.control.changeApp({ app: 'Web', settings: { pkceRequired: true, sessionTimeoutMs: 15 * 60_000 } })
  const name = { type: 'ConnectedApp', fullName: 'Web' }
  const before = await readComponent(org, name)
  assert(before !== null)
  const keyless = withElement(before, ['oauthConfig', 'consumerKey'], undefined)
  const body = withElement(keyless, ['oauthConfig', 'isIntrospectAllTokens'], 'true')
  const dry = await startDeployment(org, [{ ...name, body }], { checkOnly: true })
  assert.deepEqual(await deploymentOf(org, dry), { is: 'running', status: 'InProgress' })
  sim.control.moveClock({ advanceMs: 61_000 })
  assert.deepEqual(await deploymentOf(org, dry), { is: 'succeeded' })
  assert.deepEqual(await readComponent(org, name), before, 'a dry run changes nothing')
  const real = await startDeployment(org, [{ ...name, body }], { checkOnly: false })
  sim.control.moveClock({ advanceMs: 61_000 })
  assert.deepEqual(await deploymentOf(org, real), { is: 'succeeded' })
  assert.deepEqual(
    await readComponent(org, name),
    withElement(before, ['oauthConfig', 'isIntrospectAllTokens'], 'true'),
  )
})

void test('settings are read by their own type and deployed as Settings; what the org refuses is said in its words', async (t) => {
  const { org } = await place(t)
  const settings = { type: 'OauthOidcSettings', fullName: 'OauthOidc' }
  const before = await readComponent(org, settings)
  assert(before !== null)
  const deployed = { type: 'Settings', root: settings.type, fullName: settings.fullName }
  const on = withElement(before, ['isPkceRequired'], true)
  const id = await startDeployment(org, [{ ...deployed, body: on }], { checkOnly: false })
  assert.deepEqual(await deploymentOf(org, id), { is: 'succeeded' })
  assert(isOn((await readComponent(org, settings))?.['isPkceRequired']))
  const odd = await startDeployment(org, [{ ...deployed, body: { ...on, noSuchElement: 'a<b>&c' } }], {
    checkOnly: true,
  })
  const state = await deploymentOf(org, odd)
  assert.equal(state.is, 'failed')
  assert.match(state.is === 'failed' ? state.problems.join() : '', /OauthOidc: .*noSuchElement/)
  assert.equal(await readComponent(org, { type: 'ConnectedApp', fullName: 'Nobody' }), null)
})

void test('texts survive the way to a file, nil has no element, and the zip is one that others read', async () => {
  const xml = componentXml('Thing', { b: ['1 < 2', 'a & b'], a: { $: { 'xsi:nil': 'true' } }, c: { d: true }, e: null })
  assert.match(xml, /<b>1 &lt; 2<\/b><b>a &amp; b<\/b>\n<c><d>true<\/d><\/c>/)
  assert(!/<[ae]>/.test(xml))
  const { unzipSync } = await import('fflate')
  const found = unzipSync(
    zipOf(
      new Map([
        ['dir/ü.xml', xml],
        ['package.xml', '<p/>'],
      ]),
    ),
  )
  assert.deepEqual(Object.keys(found), ['dir/ü.xml', 'package.xml'])
  assert.equal(new TextDecoder().decode(found['dir/ü.xml']), xml)
})

void test('every certificate of the org and when it runs out: those pasted into apps of both kinds, and its own', async (t) => {
  const { sim, org, clock } = await place(t)
  sim.control.addApp({ name: 'Soon', certificate: { days: 9 } })
  sim.control.addApp({ name: 'Later', kind: 'external', certificate: { days: 59 } })
  const body = { caSigned: false, keySize: 2048, masterLabel: 'Own' }
  const jsforce = await org.jsforce()
  await jsforce.metadata.create('Certificate' as never, { fullName: 'Own', ...body } as never)
  const { certificates, unseen } = await certificateExpiry(org)
  assert.deepEqual(
    certificates.map(({ kind, name }) => `${kind} ${name}`),
    ['connected-app Soon', 'external-client-app Later', 'org Own'],
  )
  assert.deepEqual(unseen, [])
  const now = clock.wall()
  assert.deepEqual(
    certificates.map(({ notAfter }) => expiryWarning(notAfter ?? 0, now)),
    [10, 60, null],
  )
  assert.deepEqual(
    [61, 60, 31, 30, 10, 1, 0, -1].map((days) => expiryWarning(days * day, 0)),
    [null, 60, 60, 30, 10, 10, 0, 0],
  )
  sim.control.changeOrg({ settings: { globalOauthSettings: 'closed' } })
  const closed = await certificateExpiry(org)
  assert.match(closed.unseen.join(), /external client apps: /)
  assert.deepEqual(
    closed.certificates.map(({ name }) => name),
    ['Soon', 'Own'],
  )
})

void test('a certificate is itself however its lines are broken; secrets and keys of an app are never deployed', async (t) => {
  const { sim, org } = await place(t)
  const { certificate } = sim.control.makeCertificate()
  const one = certificate.replaceAll('\n', ' ')
  assert.equal(certificateFacts(one)?.fingerprint, certificateFacts(certificate)?.fingerprint)
  assert.equal(certificateFacts('-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----'), null)
  sim.control.changeOrg({ settings: { consumerSecretsByMetadata: true } })
  sim.control.givePermissions({ user: 'admin@acme.example', permissions: ['ViewClientSecret'] })
  const app = sim.control.addApp({ name: 'Ext', kind: 'external', certificate })
  const { body } = withCertificate(await appCertificate(org, 'Ext'), certificate)
  assert(!JSON.stringify(body).includes(app.clientSecret))
  const web = withCertificate(await appCertificate(org, 'Web'), certificate)
  assert.equal(JSON.stringify(web.body).includes('consumerKey'), false)
})
