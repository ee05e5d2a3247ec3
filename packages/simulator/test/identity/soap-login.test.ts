/** SOAP login() and logout(), with all faults. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { XMLParser } from 'fast-xml-parser'
import { call, rows, simulator, userOf } from './wire.ts'
import type { Simulator } from '../../src/index.ts'

const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false })

interface SoapAnswer {
  readonly status: number
  readonly text: string
  readonly body: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

async function soap(
  sim: Simulator,
  content: string,
  of: { readonly path?: string; readonly header?: string; readonly address?: string } = {},
): Promise<SoapAnswer> {
  const response = await fetch(`${sim.url}/services/Soap/${of.path ?? 'u/64.0'}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'text/xml',
      SOAPAction: '""',
      ...(of.address === undefined ? {} : { 'X-Sim-Address': of.address }),
    },
    body: `<?xml version="1.0"?><se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Header>${of.header ?? ''}</se:Header><se:Body>${content}</se:Body></se:Envelope>`,
  })
  const text = await response.text()
  return { status: response.status, text, body: parser.parse(text)['Envelope']['Body'] }
}

const login = (
  sim: Simulator,
  username: string,
  password: string,
  of: Parameters<typeof soap>[2] = {},
): Promise<SoapAnswer> =>
  soap(
    sim,
    `<login xmlns="urn:partner.soap.sforce.com"><username>${username}</username><password>${password}</password></login>`,
    of,
  )

function codeOf(answer: SoapAnswer): string {
  assert.equal(answer.status, 500, answer.text)
  const code = /<sf:exceptionCode>([A-Z_]+)</.exec(answer.text)?.[1]
  assert.match(answer.text, new RegExp(`<faultcode>sf:${code}</faultcode><faultstring>${code}: `))
  return code ?? ''
}

test('login() answers with a session that works on REST until logout()', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  for (const path of ['u/64.0', 'c/60.0']) {
    const answer = await login(sim, user.username, user.password, { path })
    assert.equal(answer.status, 200)
    const result = (answer.body['loginResponse']?.['result'] ?? {}) as Readonly<Record<string, unknown>>
    assert.equal(result['passwordExpired'], 'false')
    assert.equal(result['userId'], user.id)
    assert.equal(result['serverUrl'], `${sim.url}/services/Soap/${path}/${sim.orgs[0]?.id.slice(0, 15)}`)
    const info = result['userInfo'] as Readonly<Record<string, unknown>>
    assert.equal(info['organizationId'], sim.orgs[0]?.id)
    assert.equal(info['sessionSecondsValid'], '7200')
    const session = String(result['sessionId'])
    assert.equal((await call(sim, session)).status, 200)
    const header = `<SessionHeader xmlns="urn:partner.soap.sforce.com"><sessionId>${session}</sessionId></SessionHeader>`
    assert.equal((await soap(sim, '<logout xmlns="urn:partner.soap.sforce.com"/>', { path, header })).status, 200)
    assert.equal((await call(sim, session)).status, 401)
    assert.equal(
      codeOf(await soap(sim, '<logout xmlns="urn:partner.soap.sforce.com"/>', { path, header })),
      'INVALID_SESSION_ID',
    )
  }
})

test('getUserInfo() says what login() says, for any session and in any version that lives, with that version’s elements', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const ask = (session: string, path: string): Promise<SoapAnswer> =>
    soap(sim, '<getUserInfo xmlns="urn:partner.soap.sforce.com"/>', {
      path,
      header: `<SessionHeader xmlns="urn:partner.soap.sforce.com"><sessionId>${session}</sessionId></SessionHeader>`,
    })
  const info = async (session: string, path: string): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await ask(session, path)
    assert.equal(answer.status, 200, answer.text)
    return answer.body['getUserInfoResponse']?.['result'] as Readonly<Record<string, unknown>>
  }
  for (const [path, elements] of [
    ['u/39.0', 23],
    ['c/40.0', 24],
    ['u/64.0', 24],
  ] as const) {
    const loggedIn = await login(sim, user.username, user.password, { path })
    const result = loggedIn.body['loginResponse']?.['result'] as Readonly<Record<string, unknown>>
    const said = await info(String(result['sessionId']), path)
    assert.deepEqual(said, result['userInfo'])
    assert.deepEqual([Object.keys(said).length, 'chatterExternal' in said], [elements, elements === 24])
  }
  // login() ends with version 64, getUserInfo() stays; the session of an app lives as long as that app says.
  sim.control.changeApp({ app: 'Web', settings: { sessionTimeoutMs: 900_000 } })
  const { accessToken } = sim.control.grant({ user: user.username, app: 'Web' })
  const said = await info(accessToken, 'u/66.0')
  assert.deepEqual([said['userId'], said['sessionSecondsValid']], [user.id, '900'])
  assert.equal(codeOf(await ask('00Dnobody!x', 'u/66.0')), 'INVALID_SESSION_ID')
  sim.control.changeUser({ user: user.username, change: { passwordExpired: true } })
  const restricted =
    /<sessionId>(.*)<\/sessionId>/.exec((await login(sim, user.username, user.password)).text)?.[1] ?? ''
  assert.equal(codeOf(await ask(restricted, 'u/64.0')), 'INVALID_OPERATION_WITH_EXPIRED_PASSWORD')
})

test('a wrong password, an unknown, frozen or inactive user all look the same', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const attempts = [await login(sim, user.username, 'wrong'), await login(sim, 'nobody@example.com', 'x')]
  sim.control.changeUser({ user: user.username, change: { frozen: true } })
  attempts.push(await login(sim, user.username, user.password))
  sim.control.changeUser({ user: user.username, change: { frozen: false, active: false } })
  attempts.push(await login(sim, user.username, user.password))
  for (const attempt of attempts) {
    assert.equal(codeOf(attempt), 'INVALID_LOGIN')
    assert.match(attempt.text, /Invalid username, password, security token; or user locked out\./)
  }
  const history = await rows(
    sim,
    `SELECT LoginType, ApiType, Status FROM LoginHistory WHERE UserId = '${user.id}' ORDER BY LoginTime, Id`,
  )
  assert.deepEqual(
    history.map((row) => row['Status']),
    ['Invalid Password', 'User Is Frozen', 'User is Inactive'],
  )
  assert.deepEqual([history[0]?.['LoginType'], history[0]?.['ApiType']], ['Other Apex API', 'SOAP Partner'])
})

test('from an untrusted address the security token is wanted behind the password', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  const address = '198.51.100.7'
  const without = await login(sim, user.username, user.password, { address })
  assert.equal(codeOf(without), 'LOGIN_MUST_USE_SECURITY_TOKEN')
  assert.match(without.text, /Are you at a new location\?/)
  assert.equal((await login(sim, user.username, user.password + user.securityToken, { address })).status, 200)
})

test('login ranges and login hours of the profile', async () => {
  const sim = await simulator({ clockStart: Date.parse('2026-03-02T22:00:00Z') })
  const user = userOf(sim)
  sim.control.changeUser({ user: user.username, change: { loginAddresses: ['192.0.2.0/24'] } })
  assert.equal(codeOf(await login(sim, user.username, user.password)), 'LOGIN_DURING_RESTRICTED_DOMAIN')
  assert.equal((await login(sim, user.username, user.password, { address: '192.0.2.9' })).status, 200)
  sim.control.changeUser({
    user: user.username,
    change: { loginAddresses: null, loginHours: { from: 8 * 60, to: 18 * 60 } },
  })
  assert.equal(codeOf(await login(sim, user.username, user.password)), 'LOGIN_DURING_RESTRICTED_TIME')
  sim.control.moveClock({ advanceMs: 12 * 3_600_000 })
  assert.equal((await login(sim, user.username, user.password)).status, 200)
})

test('ten wrong passwords lock the user for fifteen minutes', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  for (let i = 0; i < 10; i++) await login(sim, user.username, 'wrong')
  assert.equal(codeOf(await login(sim, user.username, user.password)), 'INVALID_LOGIN')
  sim.control.moveClock({ advanceMs: 16 * 60_000 })
  assert.equal((await login(sim, user.username, user.password)).status, 200)
})

test('an expired password is 200 with passwordExpired, and a session good for nothing', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  sim.control.changeUser({ user: user.username, change: { passwordExpired: true } })
  const answer = await login(sim, user.username, user.password)
  assert.equal(answer.status, 200)
  const result = answer.body['loginResponse']?.['result'] as Readonly<Record<string, unknown>>
  assert.equal(result['passwordExpired'], 'true')
  const api = await call(sim, String(result['sessionId']))
  assert.equal(api.status, 403)
  assert.match(api.text, /INVALID_OPERATION_WITH_EXPIRED_PASSWORD/)
})

test('login() is gone: switched off, from version 65 on, from retired versions; and without API access', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  assert.equal(codeOf(await login(sim, user.username, user.password, { path: 'u/65.0' })), 'UNSUPPORTED_API_VERSION')
  assert.equal(codeOf(await login(sim, user.username, user.password, { path: 'u/30.0' })), 'UNSUPPORTED_API_VERSION')
  sim.control.changeOrg({ settings: { soapLogin: false } })
  assert.equal(codeOf(await login(sim, user.username, user.password)), 'UNSUPPORTED_API_VERSION')
  sim.control.changeOrg({ settings: { soapLogin: true } })
  sim.control.changeUser({ user: user.username, change: { apiEnabled: false } })
  assert.equal(codeOf(await login(sim, user.username, user.password)), 'API_DISABLED_FOR_ORG')
  sim.control.changeOrg({ settings: { inactive: true } })
  assert.equal(codeOf(await login(sim, user.username, user.password)), 'ORG_LOCKED')
})

test('more logins than an hour allows are refused until the next', async () => {
  const sim = await simulator()
  const user = userOf(sim)
  sim.control.changeOrg({ settings: { loginsPerHour: 2 } })
  await login(sim, user.username, user.password)
  await login(sim, user.username, user.password)
  assert.match((await login(sim, user.username, user.password)).text, /Login Rate Exceeded/)
  sim.control.moveClock({ advanceMs: 3_600_001 })
  assert.equal((await login(sim, user.username, user.password)).status, 200)
})

test('what is not SOAP is a fault too', async () => {
  const sim = await simulator()
  const response = await fetch(`${sim.url}/services/Soap/u/64.0`, { method: 'POST', body: 'hello' })
  assert.equal(response.status, 500)
  assert.match(await response.text(), /UNKNOWN_EXCEPTION/)
})
