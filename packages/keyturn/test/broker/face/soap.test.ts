/** SOAP login() and logout(), by plain HTTP: what stubs made from a WSDL read. */
import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { login, query, startBroker } from './broker.ts'
import { putInFront } from './front.ts'

const loginEnvelope = (username: string, password: string): string =>
  `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com"><e:Body>` +
  `<u:login><u:username>${username}</u:username><u:password>${password}</u:password></u:login></e:Body></e:Envelope>`

const soap = async (url: string, body: string): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'text/xml', soapaction: '""' } })
  return { status: answer.status, text: await answer.text() }
}

const loginResult = [
  'metadataServerUrl passwordExpired sandbox serverUrl sessionId userId userInfo accessibilityMode chatterExternal',
  'currencySymbol orgAttachmentFileSizeLimit orgDefaultCurrencyIsoCode orgDefaultCurrencyLocale',
  'orgDisallowHtmlAttachments orgHasPersonAccounts organizationId organizationMultiCurrency organizationName profileId',
  'roleId sessionSecondsValid userDefaultCurrencyIsoCode userEmail userFullName userId userLanguage userLocale userName',
  'userTimeZone userType userUiSkin',
].join(' ')

test('SOAP login() answers with every element of the WSDL in its order, partner and enterprise, in any version', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('wsdl')
  for (const [letter, flavour] of [
    ['u', 'partner'],
    ['c', 'enterprise'],
  ] as const) {
    for (const version of ['20.0', '41.0', '66.0']) {
      const { status, text } = await soap(
        `${broker.url}/services/Soap/${letter}/${version}`,
        loginEnvelope(caller.username, `${caller.password}AbCdEfGhIjKlMnOpQrStUvWx`),
      )
      assert.equal(status, 200, text)
      const result = /<result>(.*)<\/result>/s.exec(text)?.[1] ?? ''
      const names = [...result.matchAll(/<(\w+)[ >/]/g)].map(([, name]) => name)
      assert.equal(names.join(' '), version === '20.0' ? loginResult.replace(' chatterExternal', '') : loginResult)
      assert.ok(text.includes(`xmlns="urn:${flavour}.soap.sforce.com"`))
      const org = broker.ready.org.slice(0, 15)
      assert.ok(text.includes(`<serverUrl>${broker.url}/services/Soap/${letter}/${version}/${org}</serverUrl>`))
      assert.match(text, new RegExp(`<userId>${broker.ready.userId}</userId>`))
      assert.match(text, /<profileId>00e\w{15}<\/profileId>/)
      const session = /<sessionId>([^<]+)</.exec(text)?.[1]?.replace('&#33;', '!')
      assert.equal((await query(broker.url, session)).status, 200)
    }
  }
  assert.equal(broker.counts().exchanges, 0)
})

test('SOAP login() refuses in Salesforce’s form, and says why a grant can’t carry SOAP', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('wsdl')
  const url = `${broker.url}/services/Soap/u/60.0`
  const wrong = await soap(url, loginEnvelope(caller.username, 'wrong'))
  assert.equal(wrong.status, 500)
  assert.match(wrong.text, /<faultcode>sf:INVALID_LOGIN<\/faultcode>/)
  assert.match(wrong.text, /<sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>INVALID_LOGIN</)
  assert.equal((await soap(url, loginEnvelope('nobody@x', 'wrong'))).text, wrong.text)
  const oauthOnly = await broker.enrol('oauth-only', { faces: ['oauth', 'proxy'] })
  assert.equal((await soap(url, loginEnvelope(oauthOnly.username, oauthOnly.password))).text, wrong.text)
  broker.sim.control.changeApp({ app: 'Web', settings: { accessTokenFormat: 'jwt' } })
  broker.expire()
  await login(broker, caller)
  const unfit = await soap(url, loginEnvelope(caller.username, caller.password))
  assert.equal(unfit.status, 500)
  assert.match(unfit.text, /FUNCTIONALITY_NOT_ENABLED: The app of grant acme issues JWT-based access tokens/)
})

test('LoginResult has what getUserInfo() says in the version that is called, no more and no less, asked once', async (t) => {
  const asked: string[] = []
  const before = putInFront(t, (incoming, response) => {
    const [, version] = /^\/services\/Soap\/u\/([\d.]+)$/.exec(incoming.url ?? '') ?? []
    if (version === undefined) return false
    asked.push(version)
    if (version !== '99.0') return false
    // An org of some day, with an element that nobody knows yet.
    const said = `<aNewOne>1</aNewOne><currencySymbol xsi:nil="true"/><organizationId>00D5e000000abcDEAW</organizationId><organizationName>Jö &amp; Co</organizationName><sessionSecondsValid>7200</sessionSecondsValid><userEmail/><userId>0055e000000abcDAAW</userId>`
    response.writeHead(200, { 'content-type': 'text/xml' })
    response.end(
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body><getUserInfoResponse><result>${said}</result></getUserInfoResponse></e:Body></e:Envelope>`,
    )
    return true
  })
  const broker = await startBroker(t, { before, options: { sessionLife: 3_600_000 } })
  const caller = await broker.enrol('wsdl')
  const logIn = async (version: string): Promise<string> => {
    const envelope = loginEnvelope(caller.username, caller.password)
    const { status, text: answer } = await soap(`${broker.url}/services/Soap/u/${version}`, envelope)
    assert.equal(status, 200, answer)
    return /<userInfo>(.*)<\/userInfo>/.exec(answer)?.[1] ?? ''
  }
  const [old, ...same] = await Promise.all([logIn('31.0'), logIn('31.0'), logIn('31.0')])
  assert.deepEqual(same, [old, old])
  assert.match(old, /^<accessibilityMode>false<\/accessibilityMode><currencySymbol>€<\/currencySymbol>/)
  assert.match(
    old,
    new RegExp(
      `<roleId xsi:nil="true"/><sessionSecondsValid>3600</sessionSecondsValid>.*<userId>${broker.ready.userId}<`,
    ),
  )
  assert.match(await logIn('66.0'), /<chatterExternal>false<\/chatterExternal><currencySymbol>€</)
  assert.equal(
    await logIn('99.0'),
    `<aNewOne>1</aNewOne><currencySymbol xsi:nil="true"/><organizationId>00D5e000000abcDEAW</organizationId><organizationName>Jö &#38; Co</organizationName><sessionSecondsValid>3600</sessionSecondsValid><userEmail></userEmail><userId>0055e000000abcDAAW</userId>`,
  )
  assert.deepEqual(asked, ['31.0', '66.0', '99.0'])
  // The session dies between the look at it and the question.
  broker.later(3_600_000)
  await query(broker.url, (await login(broker, caller))['access_token'])
  broker.expire()
  assert.equal(await logIn('31.0'), old)
  assert.deepEqual([asked.slice(3), broker.counts().exchanges], [['31.0', '31.0'], 1])
})

test('an org that can’t be asked who its user is, and never was, is an outage; else what it said is said again', async (t) => {
  let away = true
  const before = putInFront(t, (incoming) => {
    if (!away || !(incoming.url ?? '').startsWith('/services/Soap/')) return false
    incoming.socket.destroy()
    return true
  })
  const broker = await startBroker(t, { before })
  const caller = await broker.enrol('wsdl')
  const logIn = () => soap(`${broker.url}/services/Soap/u/60.0`, loginEnvelope(caller.username, caller.password))
  const refused = await logIn()
  assert.deepEqual([refused.status, /sf:SERVER_UNAVAILABLE/.test(refused.text)], [503, true])
  away = false
  const { text: whole } = await logIn()
  assert.match(whole, new RegExp(`<userName>${broker.ready.username}</userName>`))
  away = true
  broker.later(3_600_000)
  assert.equal((await logIn()).text, whole)
})

test('SOAP login() with a dead grant is 503, and no word about the password', async (t) => {
  const broker = await startBroker(t)
  const caller = await broker.enrol('etl')
  broker.sim.control.revokeGrant({ grant: broker.ready.grant })
  const fault = await soap(`${broker.url}/services/Soap/u/60.0`, loginEnvelope(caller.username, caller.password))
  assert.equal(fault.status, 503)
  assert.match(fault.text, /sf:SERVER_UNAVAILABLE/)
})

test('an Apex class may have methods called login and logout: they are the org’s', async (t) => {
  const seen: string[] = []
  const before = putInFront(t, (incoming, response) => {
    if (!(incoming.url ?? '').startsWith('/services/Soap/class/')) return false
    void text(incoming).then((body) => {
      seen.push(body)
      response.writeHead(200, { 'content-type': 'text/xml' }).end('<done/>')
    })
    return true
  })
  const broker = await startBroker(t, { before })
  const { access_token: session = '' } = await login(broker, await broker.enrol('etl'))
  for (const operation of ['login', 'logout']) {
    const envelope = (token: string): string =>
      `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="http://soap.sforce.com/schemas/class/Door"><e:Header><a:SessionHeader><a:sessionId>${token}</a:sessionId></a:SessionHeader></e:Header><e:Body><a:${operation}/></e:Body></e:Envelope>`
    assert.deepEqual(await soap(`${broker.url}/services/Soap/class/Door`, envelope(session)), {
      status: 200,
      text: '<done/>',
    })
    assert.equal(seen.at(-1), envelope(broker.ready.accessToken))
  }
  assert.equal((await query(broker.url, session)).status, 200)
})
