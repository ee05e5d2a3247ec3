/** What needs no wire: sealed tokens, SOAP heads, targets, headers, bodies that begin again. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import fc from 'fast-check'
import { atBase, requestHeaders, responseHeaders } from '../../../src/broker/proxy/headers.ts'
import { BodyTooLarge, keptBody } from '../../../src/broker/proxy/kept-body.ts'
import { readSoapFields, readSoapHead } from '../../../src/broker/proxy/soap-head.ts'
import { spliced } from '../../../src/broker/proxy/soap-request.ts'
import { pathAllowed, targetOf } from '../../../src/broker/proxy/target.ts'
import type { Target } from '../../../src/broker/proxy/target.ts'
import { openVirtualToken, sealVirtualToken } from '../../../src/broker/sessions/virtual-token.ts'
import { verdictOf } from '../../../src/broker/proxy/expiry.ts'

const key = randomBytes(32)
const asObject = (flat: readonly string[]): Record<string, string> =>
  Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])))
const session = { id: 's-1', callerId: 'c-1', grant: 'acme', issuedAt: 1_700_000_000_000, epoch: 1 }

test('a virtual token looks like a session id of its org and opens to what was sealed', () => {
  const token = sealVirtualToken(key, session, '00D5e000000abcDEAW')
  assert.match(token, /^00D5e000000abcD!KT[A-Za-z0-9_.]+$/)
  // What @salesforce/core takes for an access token.
  assert.match(token, /^(00D\w{12,15})![.\w]*$/)
  assert.deepEqual(openVirtualToken(key, token), session)
  assert.notEqual(sealVirtualToken(key, session, '00D5e000000abcDEAW'), token)
})

test('a virtual token opens with no other key, no other org and no character changed', () => {
  const token = sealVirtualToken(key, session, '00D5e000000abcDEAW')
  assert.equal(openVirtualToken(randomBytes(32), token), null)
  assert.equal(openVirtualToken(key, token.replace('00D5', '00D6')), null)
  for (let at = 18; at < token.length; at++) {
    const other = token[at] === 'A' ? 'B' : 'A'
    assert.equal(openVirtualToken(key, token.slice(0, at) + other + token.slice(at + 1)), null, String(at))
  }
  for (const bad of ['', '00D', `${token}A`, `${token}.`, token.slice(0, -1), `${token}\n`])
    assert.equal(openVirtualToken(key, bad), null)
})

const envelope = (header: string, body = '<u:query><u:queryString>x</u:queryString></u:query>'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com">` +
  `${header}<e:Body>${body}</e:Body></e:Envelope>`
const header = (token: string): string =>
  `<e:Header><u:CallOptions><u:client>a/b</u:client></u:CallOptions><u:SessionHeader><u:sessionId>${token}</u:sessionId></u:SessionHeader></e:Header>`

test('the head of an envelope is read as soon as it is there, with the place of the session id', () => {
  const full = envelope(header('00Dx!KTabc'))
  const reading = readSoapHead(full)
  assert.ok(reading.kind === 'read' && reading.session !== null)
  assert.equal(reading.operation, 'query')
  assert.equal(reading.session.token, '00Dx!KTabc')
  assert.equal(full.slice(reading.session.at, reading.session.end), '00Dx!KTabc')
  // Every shorter beginning asks for more, never for something else.
  const enough = full.indexOf('<u:query>') + '<u:query>'.length
  for (let length = 0; length < full.length; length++)
    assert.equal(readSoapHead(full.slice(0, length)).kind, length < enough ? 'more' : 'read', String(length))
})

test('comments, instructions, CDATA and quoted brackets don’t mislead the reader of a head', () => {
  const odd = `<!-- <e:Body><login/> --><?x <e:Body> ?>${header('<![CDATA[tok!en]]>').replace('<e:Header>', '<e:Header a="> <e:Body>">')}`
  const reading = readSoapHead(envelope(odd))
  assert.ok(reading.kind === 'read')
  assert.deepEqual([reading.operation, reading.session?.token], ['query', 'tok!en'])
  assert.equal((readSoapHead(envelope('')) as { session: unknown }).session, null)
})

test('what two readers could take for different envelopes is refused', () => {
  const two = header('one').replace(
    '</e:Header>',
    '<u:SessionHeader><u:sessionId>two</u:sessionId></u:SessionHeader></e:Header>',
  )
  const cases = [
    envelope(two),
    `<!DOCTYPE x [<!ENTITY a "b">]>${envelope(header('t'))}`,
    envelope(header('&own;')),
    envelope(header('<b/>')),
    '<html><Body/></html>',
    '\u00fe\u00ff\0<',
    Buffer.from(envelope(header('t')), 'utf16le').toString('latin1'),
    envelope(header('t')).replace('UTF-8', 'UTF-7'),
    envelope('<e:Header></e:Wrong>'),
    'no markup <e:Envelope>',
    `<e:Envelope><e:Header>${'<a>'.repeat(40)}`,
  ]
  for (const text of cases) assert.equal(readSoapHead(text).kind, 'refused', text.slice(0, 80))
})

test('no bytes whatever make the readers throw', () => {
  const part = fc.constantFrom(
    '<',
    '>',
    '</',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '"',
    '&',
    ';',
    'e:Envelope',
    'Body',
    'a',
    '\0',
    '/',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (xml) => {
        readSoapHead(xml)
        readSoapFields(xml)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('the fields of a login are read with entities and UTF-8, and not when one is given twice', () => {
  const login = (inner: string): string => Buffer.from(envelope('', `<u:login>${inner}</u:login>`)).toString('latin1')
  assert.deepEqual(
    { ...readSoapFields(login('<u:username>jö&amp;l@x</u:username><u:password>a&#x3c;b<![CDATA[&]]></u:password>')) },
    {
      username: 'jö&l@x',
      password: 'a<b&',
    },
  )
  assert.equal(readSoapFields(login('<u:username>a</u:username><u:username>b</u:username>')), null)
  assert.equal(readSoapFields(login('<u:username>a')), null)
})

test('a replacement lands in its place however the bytes are cut', async () => {
  const bytes = Buffer.from('before-OLD-after')
  for (let size = 1; size <= bytes.length; size++) {
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
    const replaced = spliced(Readable.from(chunks), { at: 7, end: 10, bytes: Buffer.from('newer') })
    assert.equal(await text(Readable.from(replaced)), 'before-newer-after', `chunks of ${size}`)
  }
})

test('a body begins again as long as it was kept, and says when it can’t', async () => {
  const chunks = ['aa', 'bb', 'cc'].map((chunk) => Buffer.from(chunk))
  const small = keptBody(Readable.from(chunks), { keep: 10, most: 100 })
  const first = small.read()
  await first.next()
  assert.equal(await text(Readable.from(small.read())), 'aabbcc')
  assert.equal((await first.next()).done, true)
  assert.deepEqual([small.repeatable, small.ended], [true, true])
  const large = keptBody(Readable.from(chunks), { keep: 3, most: 100 })
  assert.equal(await text(Readable.from(large.read())), 'aabbcc')
  assert.equal(large.repeatable, false)
  await assert.rejects(text(Readable.from(large.read())), BodyTooLarge)
  await assert.rejects(text(Readable.from(keptBody(Readable.from(chunks), { keep: 9, most: 5 }).read())), BodyTooLarge)
})

test('a target is a path of a data API in one spelling, and nothing else', () => {
  const fine: readonly (readonly [string, string])[] = [
    ['/services/data', 'rest'],
    ['/services/data/v60.0/query?q=SELECT+Id%2C..', 'rest'],
    ['//services/data/v60.0/', 'rest'],
    ['/orgs/acme/services/Soap/u/60.0', 'soap'],
    ['/services/async/60.0/job', 'bulk1'],
    ['/cometd/60.0', 'cometd'],
    ['/services/apexrest/x', 'rest'],
    ['/services/data/v60.0/sobjects/A__c/Ext__c/a%2Fb%20c', 'rest'],
  ]
  for (const [url, api] of fine) assert.equal((targetOf('GET', url) as Target).api, api, url)
  const bad = [
    'http://evil.example/services/data/',
    '//evil.example/services/data',
    '/services/data/../../etc',
    '/services/data/%2e%2e/x',
    '/services/data/%252e%252e/x',
    '/services/data/..%2fx',
    '/services/data/x;y=1/z',
    '/services/data\\..\\x',
    '/services/data/%5c..',
    '/services/data/%00',
    '/services/data/%0d%0aHost:x',
    '/services/data/a b',
    '/services/data//x',
    '/services/data/%zz',
    '/services/oauth2/authorize',
    '/secur/frontdoor.jsp?sid=x',
    '/services/databases',
    '/orgs/acme',
    '/orgs/acme/../../services/data',
    '*',
    '',
  ]
  for (const url of bad) assert.ok('refused' in targetOf('GET', url), url)
  assert.ok('refused' in targetOf('CONNECT', '/services/data'))
  assert.ok('refused' in targetOf('TRACE', '/services/data'))
})

test('a method in _HttpMethod is seen, too', () => {
  assert.equal((targetOf('POST', '/services/data/v60.0/x?_HttpMethod=PATCH') as Target).override, 'PATCH')
  assert.equal((targetOf('POST', '/services/data/v60.0/x?_httpmethod=delete') as Target).override, 'DELETE')
  assert.ok('refused' in targetOf('POST', '/services/data/v60.0/x?_HttpMethod=PATCH&_HttpMethod=GET'))
  assert.ok('refused' in targetOf('POST', '/services/data/v60.0/x?_HttpMethod=EVAL'))
})

test('path rules go by segments and methods, and a request that carries others must be named', () => {
  const may = (rules: Parameters<typeof pathAllowed>[0], method: string, url: string): boolean =>
    pathAllowed(rules, targetOf(method, url) as Target)
  const read = [{ method: 'GET', prefix: '/services/data' }]
  assert.equal(may(null, 'DELETE', '/services/data/v60.0/x'), true)
  assert.equal(may([], 'GET', '/services/data'), false)
  assert.equal(may(read, 'GET', '/services/data/v60.0/query'), true)
  assert.equal(may(read, 'POST', '/services/data/v60.0/query'), false)
  assert.equal(may(read, 'GET', '/services/apexrest/x'), false)
  const account = [{ method: '*', prefix: '/services/data/*/sobjects/Account' }]
  assert.equal(may(account, 'PATCH', '/services/data/v61.0/sobjects/Account/001'), true)
  assert.equal(may(account, 'GET', '/services/data/v61.0/sobjects/AccountContactRole'), false)
  const write = [{ method: '*', prefix: '/services/data' }]
  assert.equal(may(write, 'POST', '/services/data/v60.0/composite/batch'), false)
  assert.equal(may(write, 'POST', '/services/data/v60.0/graphql'), false)
  for (const spelling of ['%63omposite', 'compos%69te/batch', 'Composite', 'composite%2Fbatch', 'graphql%3Bx'])
    assert.equal(may(write, 'POST', `/services/data/v60.0/${spelling}`), false, spelling)
  assert.equal(
    may([{ method: 'POST', prefix: '/services/data/v60.0/composite' }], 'POST', '/services/data/v60.0/composite'),
    true,
  )
  assert.equal(
    may([{ method: 'POST', prefix: '/services/data' }], 'POST', '/services/data/v60.0/x?_HttpMethod=DELETE'),
    false,
  )
})

test('credentials, hop-by-hop headers and what Connection names stay here; the rest passes', () => {
  const raw = {
    Host: 'broker',
    Authorization: 'Bearer x',
    'X-SFDC-Session': 'x',
    Cookie: 'sid=secret; BAYEUX_BROWSER=b; oid=1',
    Connection: 'keep-alive, X-Hop',
    'X-Hop': '1',
    'X-Forwarded-For': '10.0.0.1',
    Forwarded: 'for=1',
    'Transfer-Encoding': 'chunked',
    'Proxy-Authorization': 'Basic x',
    'X-HTTP-Method-Override': 'DELETE',
    'Sforce-Call-Options': 'client=a',
    'If-None-Match': '"x"',
  }
  assert.deepEqual(asObject(requestHeaders(Object.entries(raw).flat())), {
    cookie: 'BAYEUX_BROWSER=b',
    'sforce-call-options': 'client=a',
    'if-none-match': '"x"',
  })
  const answer = [
    ['Sforce-Limit-Info', 'api-usage=1/2'],
    ['Set-Cookie', 'sid=x; path=/'],
    ['Set-Cookie', 'BAYEUX_BROWSER=b; Domain=.salesforce.com; Path=/'],
    ['X-Echo', 'Bearer REAL'],
    ['Location', 'https://acme.my.salesforce.com/services/data/v60.0/x'],
    ['Strict-Transport-Security', 'max-age=1'],
    ['Keep-Alive', 'timeout=5'],
  ].flat()
  const rewriting = { origin: 'https://acme.my.salesforce.com', base: 'http://b:1/orgs/acme', token: 'REAL' }
  assert.deepEqual(asObject(responseHeaders(answer, rewriting)), {
    'sforce-limit-info': 'api-usage=1/2',
    'set-cookie': 'BAYEUX_BROWSER=b; Path=/orgs/acme/',
    location: 'http://b:1/orgs/acme/services/data/v60.0/x',
  })
  const cookie = ['Set-Cookie', 'BAYEUX_BROWSER=b;Path=/cometd/;Secure;HttpOnly;SameSite=None']
  const cookieAt = (base: string) => responseHeaders(cookie, { ...rewriting, base })[1]
  assert.equal(cookieAt('https://b:1'), 'BAYEUX_BROWSER=b;Path=/cometd/;Secure;HttpOnly;SameSite=None')
  assert.equal(cookieAt('http://b:1'), 'BAYEUX_BROWSER=b;Path=/cometd/;HttpOnly', 'or it would never come back')
  assert.equal(atBase('/services/data/x', rewriting.origin, rewriting.base), '/orgs/acme/services/data/x')
  assert.equal(atBase('https://elsewhere.example/x', rewriting.origin, rewriting.base), 'https://elsewhere.example/x')
})

test('CometD says within a 200 that the session is over, and only a refusal of everything counts', () => {
  const refusal = { channel: '/meta/handshake', error: '401::Authentication invalid', successful: false }
  assert.equal(verdictOf('cometd', 200, JSON.stringify([refusal])), 'dead')
  assert.equal(verdictOf('cometd', 200, JSON.stringify([refusal, { channel: '/topic/x', data: {} }])), 'fine')
  assert.equal(verdictOf('cometd', 200, JSON.stringify([{ channel: '/topic/x', data: { error: '401::x' } }])), 'fine')
  assert.equal(verdictOf('rest', 401, 'This session is not valid for use with the REST API'), 'uncurable')
})
