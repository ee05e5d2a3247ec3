/** Whatever is sent to the Metadata API, it answers with a refusal, and goes on; and a session of SOAP login() is good for it. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { Connection } from '@jsforce/jsforce-node'
import { answerOf, userOf } from '../identity/wire.ts'
import { connect, deploy, manifest, read, world, zipOf } from './org.ts'

const namespace = 'http://soap.sforce.com/2006/04/metadata'

test('bodies, zips, forms and names that are nonsense are refused, never a failure', async () => {
  const { sim, conn, admin } = await world()
  const session = conn.accessToken ?? ''
  const soap = async (body: string, version = '66.0') =>
    answerOf(
      await fetch(`${sim.url}/services/Soap/m/${version}`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/xml', SOAPAction: '""' },
        body,
      }),
    )
  const call = (inner: string): string =>
    `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Header xmlns="${namespace}"><SessionHeader><sessionId>${session}</sessionId></SessionHeader></soapenv:Header><soapenv:Body xmlns="${namespace}">${inner}</soapenv:Body></soapenv:Envelope>`
  for (const body of [
    '',
    'nonsense',
    '<a/>',
    '{"json":true}',
    call(''),
    call('<nonsense/>'),
    call('<deploy/>').replace(session, 'dead'),
    call('<createMetadata><metadata>text</metadata></createMetadata>'),
    call('<createMetadata><metadata xsi:type="Nonsense"><fullName>a</fullName></metadata></createMetadata>'),
    call('<createMetadata><metadata xsi:type="__proto__"><fullName>a</fullName></metadata></createMetadata>'),
    call(
      '<createMetadata><metadata xsi:type="RemoteSiteSetting"><fullName>a</fullName><toString>x</toString></metadata></createMetadata>',
    ),
    call('<readMetadata><type>constructor</type><fullNames>a</fullNames></readMetadata>'),
    call('<checkDeployStatus><asyncProcessId>0Af</asyncProcessId></checkDeployStatus>'),
    call('<checkRetrieveStatus><asyncProcessId/></checkRetrieveStatus>'),
    call('<renameMetadata><type>Profile</type></renameMetadata>').replace('Profile', 'Nope'),
    '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&c;</x>',
  ]) {
    const answer = await soap(body)
    assert.equal(answer.status, 500, body)
    assert.match(answer.text, /<faultcode>(?:sf|soapenv):/, body)
  }
  for (const version of ['9.0', '30.0', '69.0', '99.0'])
    assert.match((await soap(call('<describeMetadata/>'), version)).text, /UNSUPPORTED_API_VERSION/)

  for (const [type, body] of [
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=b', '--b\r\n\r\n--b--'],
    ['multipart/form-data; boundary=b', '--b\r\nContent-Type: application/json\r\n\r\nnot json\r\n--b--'],
    ['application/json', '{}'],
  ] as const) {
    const response = await fetch(`${sim.url}/services/data/v66.0/metadata/deployRequest`, {
      method: 'POST',
      headers: { 'Content-Type': type, Authorization: `Bearer ${session}` },
      body,
    })
    assert.equal(response.status, 400)
  }

  const bad = (await conn.metadata.deploy('bm90IGEgemlw', { singlePackage: true }).complete(true)) as unknown as {
    readonly status: string
    readonly errorMessage: string
  }
  assert.deepEqual([bad.status, bad.errorMessage], ['Failed', 'INVALID_OPERATION: The zip file can’t be read'])
  const hostile = await deploy(conn, {
    'package.xml': manifest({ RemoteSiteSetting: ['*'] }),
    '../../etc/passwd': 'x',
    'remoteSiteSettings/__proto__.remoteSite': '<RemoteSiteSetting/>',
    'remoteSiteSettings/%E0%A4%A.remoteSite': '<RemoteSiteSetting/>',
  })
  assert.equal(hostile.status, 'Failed')
  const after = connect(sim, admin)
  assert.ok((await after.metadata.describe()).metadataObjects.length > 0)
})

test('texts with markup come back as they were', async () => {
  const { conn } = await world()
  const description = `</description><script>alert("1 & 2")</script> =HYPERLINK('x') \u001b[31m ü 🙂`.replace(
    '\u001b',
    '',
  )
  await conn.metadata.create('RemoteSiteSetting', {
    fullName: 'Site',
    description,
    disableProtocolSecurity: false,
    isActive: true,
    url: 'https://site.example/?a=1&b=2',
  })
  const back = await read(conn, 'RemoteSiteSetting', 'Site')
  assert.deepEqual([back['description'], back['url']], [description, 'https://site.example/?a=1&b=2'])
})

test('a zip with too many files is refused before it is unpacked', async () => {
  const { conn } = await world()
  const files = Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`a/${i}`, '']))
  const result = (await conn.metadata.deploy(zipOf(files), { singlePackage: true }).complete(true)) as unknown as {
    readonly status: string
    readonly errorStatusCode: string
  }
  assert.deepEqual([result.status, result.errorStatusCode], ['Failed', 'LIMIT_EXCEEDED'])
})

test('a session of SOAP login() is good for metadata; a JWT access token is, from API 68 on', async () => {
  const { sim, admin } = await world()
  const user = userOf(sim, 'admin')
  const soapUser = new Connection({ loginUrl: sim.url, version: '64.0' })
  await soapUser.login(user.username, user.password + user.securityToken)
  assert.ok((await soapUser.metadata.list([{ type: 'Profile' }])).length > 0)

  sim.control.changeApp({ app: 'Web', settings: { accessTokenFormat: 'jwt' } })
  const token = sim.control.grant({ user: admin, app: 'Web' }).accessToken
  const ask = async (version: string) =>
    answerOf(
      await fetch(`${sim.url}/services/Soap/m/${version}`, {
        method: 'POST',
        headers: { 'Content-Type': 'text/xml' },
        body: `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader xmlns="${namespace}"><sessionId>${token}</sessionId></SessionHeader></e:Header><e:Body><describeMetadata xmlns="${namespace}"/></e:Body></e:Envelope>`,
      }),
    )
  assert.match((await ask('67.0')).text, /INVALID_SESSION_ID/)
  assert.equal((await ask('68.0')).status, 200)
})

test('the control verbs of metadata over HTTP', async () => {
  const { sim } = await world()
  const say = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${sim.url}/__sim/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    assert.equal(response.status, 200, path)
    return response.json()
  }
  const app = (await say('POST', 'apps', { name: 'Ext', kind: 'external', certificate: { days: 3 } })) as {
    readonly id: string
    readonly certificate: string
    readonly privateKey: string
  }
  assert.match(app.id, /^0xI/)
  assert.match(app.certificate, /BEGIN CERTIFICATE/)
  assert.match(app.privateKey, /BEGIN PRIVATE KEY/)
  const made = (await say('POST', 'certificates', { days: 1 })) as { readonly certificate: string }
  assert.match(made.certificate, /BEGIN CERTIFICATE/)
  await say('PATCH', 'apps', { app: 'Ext', namespace: 'vendor' })
  const listed = (await say('GET', 'components?type=ExternalClientApplication')) as readonly {
    readonly fullName: string
  }[]
  assert.deepEqual(
    listed.map((one) => one.fullName),
    ['vendor__Ext'],
  )
  assert.deepEqual(await say('GET', 'jobs'), [])
})
