/**
 * Hostile input: what was tried, how often, and what must not happen (a crash, a 5xx, a token, a secret in the log).
 * The table is the documentation; every row is sent to every door it could enter by.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { ask, openHall } from './hall.ts'
import type { Hall } from './hall.ts'

const long = 'A'.repeat(20_000)
const nul = String.fromCharCode(0)

const doors: readonly (readonly [string, string])[] = [
  ['GET', '/keyturn/v1/grants'],
  ['GET', '/keyturn/v1/events'],
  ['POST', '/keyturn/v1/callers'],
  ['POST', '/services/oauth2/token'],
  ['POST', '/services/oauth2/revoke'],
  ['POST', '/services/oauth2/introspect'],
  ['GET', '/services/oauth2/userinfo'],
  ['GET', '/services/data/v60.0/'],
  ['POST', '/services/Soap/u/60.0'],
]

const headerValues = [
  'Bearer',
  'Bearer ',
  'Basic',
  'Basic ====',
  `Basic ${Buffer.from(':').toString('base64')}`,
  `Basic ${Buffer.from('a:b:c').toString('base64')}`,
  `Bearer ${long}`,
  `Bearer ktr_${long}`,
  'Bearer 00D000000000000!KTnonsense',
  'Bearer ../../etc/passwd',
  "Bearer ' OR 1=1 --",
  'Bearer __proto__',
  'OAuth constructor',
  'Digest username="x"',
]

const forms = [
  '',
  '&&&&',
  'grant_type',
  'grant_type=',
  'grant_type=refresh_token',
  'grant_type=refresh_token&refresh_token=',
  `grant_type=refresh_token&refresh_token=${long}`,
  'grant_type=refresh_token&refresh_token=ktr_.&client_id=__proto__',
  'grant_type=refresh_token&refresh_token=a&refresh_token=b',
  'grant_type=client_credentials&client_id=constructor&client_secret=toString',
  'grant_type=client_credentials&client_id=%00&client_secret=%00',
  'grant_type=client_credentials&client_id=%FF%FE&client_secret=%',
  'grant_type=password&username=x&password=y&client_id=z&client_secret=w',
  'grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c',
  `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=${'a'.repeat(9000)}.e30.`,
  '{"grant_type":"refresh_token"}',
  '<xml/>',
  Array.from({ length: 2000 }, (_, index) => `a${index}=1`).join('&'),
]

const paths = [
  '/orgs/../keyturn/v1/grants',
  '/orgs/%2e%2e/keyturn/v1/grants',
  '/orgs/acme/../../keyturn/v1/grants',
  '/orgs/%00/services/oauth2/token',
  '/orgs/%zz/services/data/',
  '/orgs//services/data/',
  '//evil.example/services/data/',
  '/keyturn/v1/grants/%2e%2e%2f%2e%2e',
  `/keyturn/v1/grants/${'g'.repeat(190)}`,
  '/keyturn/v1/grants/__proto__/token',
  '/services/data/..%2foauth2/token',
  '/services/data/..\\oauth2\\token',
  '/services/data/%5c%2e%2e%5cx',
  '/services/data;x=/v60.0/',
  '/services/data/..;/apexrest/x',
  '//services//data/',
  '/./services/data/',
  '/services/data/%2e/x',
  '/keyturn/v1/callers/self?__proto__=1',
  '/keyturn/v1/events?after=-1',
  '/keyturn/v1/events?after=1e400',
  `/${long.slice(0, 8000)}`,
]

const wires = [
  'GARBAGE\r\n\r\n',
  `${nul}${nul}${nul}`,
  'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n',
  'GET / HTTP/1.1\r\n Host: x\r\n\r\n',
  'GET http://evil.example/services/data/ HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST https://login.salesforce.com/services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n',
  // Framing that two servers could read differently (RFC 9112 §6.3, §5.2).
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nabcde',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n 5\r\n\r\nabcde',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\nabcde',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
  'POST /services/oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked, gzip\r\n\r\n0\r\n\r\n',
  'GET /services/data/ HTTP/1.1\r\nHost: x\r\nX-Fold: a\r\n\tAuthorization: Bearer b\r\n\r\n',
  'GET /services/data/ HTTP/1.1\r\nHost: x\r\nX: a\r\n\r\nGET /services/data/v60.0/smuggled HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer z\r\n\r\n',
  'GET /services/data/ HTTP/1.1\nHost: x\nX: bare line feeds\n\n',
  'GET /services/data/%0d%0aHost:%20evil.example HTTP/1.1\r\nHost: x\r\n\r\n',
  `GET /services/data/ HTTP/1.1\r\nHost: x\r\nX: ${'h'.repeat(40_000)}\r\n\r\n`,
  `GET /services/data/ HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 3000 }, (_, index) => `X-${index}: 1\r\n`).join('')}\r\n`,
  `GET /services/data/${'p'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
]

const onTheWire = (hall: Hall, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(hall.url).port), '127.0.0.1')
    let heard = ''
    socket.on('data', (part) => {
      heard += part.toString('latin1')
      socket.end()
    })
    socket.on('error', () => resolve(heard))
    socket.on('close', () => resolve(heard))
    socket.write(text, 'latin1')
  })

test('hostile input is refused by every door: no crash, no 5xx, no token, no secret told', async (t) => {
  const hall = await openHall(t, { section: { limits: { headers: 500, request: 1000 } } })
  const etl = await hall.enrol('etl', { realTokens: true, operator: true })
  await ask(`${hall.url}/keyturn/v1/grants/acme/token`, { headers: { authorization: etl.basic } })
  const { accessToken } = await hall.keyturn.token('acme')
  hall.secrets.add(accessToken)
  const exchanges = hall.sim.control.oracle().total.exchanges
  let tried = 0
  const heard: string[] = []
  const judge = (what: string, status: number, text: string): void => {
    tried += 1
    heard.push(text)
    assert.ok(status >= 400 && status < 500, `${what}: ${status} ${text.slice(0, 200)}`)
  }
  for (const [method, path] of doors) {
    for (const authorization of headerValues) {
      const answer = await ask(`${hall.url}${path}`, {
        method,
        headers: { authorization },
        ...(method === 'POST' ? { body: '{}' } : {}),
      })
      // Without a grant type, or as malformed SOAP, the Salesforce-shaped doors answer in Salesforce's form (500 is SOAP's).
      if (path.includes('Soap')) {
        tried += 1
        heard.push(answer.text)
        assert.ok((answer.status === 500 && answer.text.includes('Fault')) || answer.status < 500, answer.text)
      } else if (path.endsWith('/revoke') || path.endsWith('/introspect')) {
        tried += 1
        heard.push(answer.text)
        assert.ok(answer.status < 500, answer.text)
      } else judge(`${method} ${path} ${authorization.slice(0, 40)}`, answer.status, answer.text)
    }
  }
  for (const body of forms) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await ask(`${hall.url}/services/oauth2/token`, { method: 'POST', headers, body })
    judge(`form ${body.slice(0, 60)}`, answer.status, answer.text)
  }
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const [, port] = /:(\d+)$/.exec(hall.url) ?? []
      const text = await onTheWire(
        hall,
        `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      )
      judge(`${method} ${path.slice(0, 60)}`, Number(text.slice(9, 12)), text)
    }
  }
  for (const text of wires) {
    const answer = await onTheWire(hall, text)
    tried += 1
    heard.push(answer)
    assert.ok(
      answer === '' || /^HTTP\/1\.1 4\d\d/.test(answer),
      `${JSON.stringify(text.slice(0, 60))}: ${answer.slice(0, 80)}`,
    )
  }
  for (const body of [
    '',
    '[]',
    'null',
    '"x"',
    '{"name":{}}',
    `{"name":"${long}"}`,
    '{"__proto__":{"operator":true},"name":"x","grants":["acme"],"ranges":["0.0.0.0/0"]}',
    '{"name":"x","grants":["acme"],"ranges":["999.1.1.1"]}',
    '{"name":"a b","grants":["acme"],"ranges":["10.0.0.0/8"]}',
    '{'.repeat(5000),
  ]) {
    const headers = { authorization: etl.basic, 'content-type': 'application/json' }
    const answer = await ask(`${hall.url}/keyturn/v1/callers`, { method: 'POST', headers, body })
    judge(`new caller ${body.slice(0, 60)}`, answer.status, answer.text)
  }
  assert.equal(tried, doors.length * headerValues.length + forms.length + paths.length * 3 + wires.length + 10)
  assert.equal((await ask(`${hall.url}/readyz`)).status, 200)
  assert.equal(hall.sim.control.oracle().total.exchanges, exchanges, 'none of it cost an exchange')
  heard.push((await ask(`${hall.url}/metrics`)).text, ...hall.lines)
  const all = heard.join('\n')
  for (const secret of hall.secrets) assert.ok(!all.includes(secret), 'a secret was told')
  assert.ok(
    !hall.lines.some((line) => line.includes('defect')),
    hall.lines.find((line) => line.includes('defect')),
  )
  t.diagnostic(`${tried} attempts`)
})
