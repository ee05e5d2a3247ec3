/** What people write, and what is made of it: addresses, rights, hours, scopes, and what is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyturnError } from '@keyturn/tokens'
import { contains, parseRange, tooWide } from '../../../src/posture/provision/address-range.ts'
import { accessWish } from '../../../src/posture/provision/access-wish.ts'
import { appDescriptionForm } from '../../../src/posture/provision/app-description.ts'
import type { AppDescription } from '../../../src/posture/provision/app-description.ts'
import { appObjections } from '../../../src/posture/provision/app-objections.ts'
import { appComponents, newestSurface } from '../../../src/posture/provision/app-files.ts'
import { metadataScopes } from '../../../src/posture/provision/app-scopes.ts'
import { learnedIn } from '../../../src/posture/provision/learn-use.ts'
import { loginHours } from '../../../src/posture/provision/login-hours.ts'
import { checkedDescription } from '../../../src/posture/provision/read-description.ts'
import { sourceFiles } from '../../../src/posture/provision/source-files.ts'
import { parseUntil } from '../../../src/posture/provision/widening.ts'

const refused = (work: () => unknown, pattern: RegExp): void => {
  assert.throws(
    work,
    (error) => error instanceof KeyturnError && error.code === 'BAD_ARGUMENT' && pattern.test(error.message),
  )
}

test('addresses, networks and both ends are ranges; whatever else is refused', () => {
  assert.deepEqual(parseRange('203.0.113.7'), { from: '203.0.113.7', to: '203.0.113.7' })
  assert.deepEqual(parseRange('203.0.113.0/28'), { from: '203.0.113.0', to: '203.0.113.15' })
  assert.deepEqual(parseRange(' 203.0.113.7 - 203.0.113.9 '), { from: '203.0.113.7', to: '203.0.113.9' })
  assert.deepEqual(parseRange('0.0.0.0/0'), { from: '0.0.0.0', to: '255.255.255.255' })
  assert.deepEqual(parseRange('2001:db8::/64'), {
    from: '2001:db8:0:0:0:0:0:0',
    to: '2001:db8:0:0:ffff:ffff:ffff:ffff',
  })
  refused(() => parseRange('203.0.113.7/28'), /begins at 203\.0\.113\.0/)
  refused(() => parseRange('203.0.113.0/33'), /0 to 32/)
  refused(() => parseRange('203.0.113.9-203.0.113.7'), /ends before/)
  refused(() => parseRange('203.0.113.7-2001:db8::1'), /same version/)
  for (const text of ['', 'localhost', '203.0.113', '1.2.3.4/8/9', '1.2.3.4-', 'a/b'])
    refused(() => parseRange(text), /./)
})

test('a /24 and a /64 are still a place; twice that is not', () => {
  assert.equal(tooWide(parseRange('203.0.113.0/24')), null)
  assert.match(tooWide(parseRange('203.0.112.0/23')) ?? '', /512 addresses/)
  assert.equal(tooWide(parseRange('2001:db8::/64')), null)
  assert.match(tooWide(parseRange('2001:db8::/63')) ?? '', /more addresses than a \/64/)
  assert.ok(contains(parseRange('203.0.113.0/24'), parseRange('203.0.113.9')))
  // As numbers they are the same.
  assert.ok(!contains(parseRange('0.0.0.0/0'), parseRange('::1')))
})

test('rights of objects and fields: deleting and seeing all can’t be said', () => {
  assert.deepEqual(accessWish(['Account:create', 'account:edit'], ['Account.Industry', 'Account.industry:edit']), {
    objects: [{ object: 'Account', rights: ['read', 'create', 'edit'] }],
    fields: [{ object: 'Account', field: 'industry', right: 'edit' }],
  })
  for (const right of ['delete', 'viewAll', 'ModifyAll', 'view-all'])
    refused(() => accessWish([`Account:read,${right}`], []), /empty the org|administrators/)
  refused(() => accessWish(['Account:own'], []), /none of read, create, edit/)
  refused(() => accessWish(['Account:read'], ['Contact.Name:read']), /not named/)
  refused(() => accessWish(['Account:read'], ['Account.Name:edit']), /only be read/)
  for (const text of ['Account', ':read', "Account' OR:read", 'A:b:c', '<b>:read'])
    refused(() => accessWish([text], []), /./)
})

test('login hours as metadata has them', () => {
  assert.deepEqual(loginHours('fri-mon 06:00-20:00'), {
    ...Object.fromEntries(['friday', 'saturday', 'sunday', 'monday'].map((day) => [`${day}Start`, '360'])),
    ...Object.fromEntries(['friday', 'saturday', 'sunday', 'monday'].map((day) => [`${day}End`, '1200'])),
  })
  assert.equal(Object.keys(loginHours('daily 00:00-24:00')).length, 14)
  for (const text of [
    '',
    'mon',
    'mon 6-20',
    'mon 06:30-20:00',
    'mon 20:00-06:00',
    'xyz 06:00-20:00',
    'mon 06:00-25:00',
  ])
    refused(() => loginHours(text), /no login hours/)
  refused(() => loginHours('mon 06:00-08:00, monday 10:00-12:00'), /named twice/)
})

test('until when: a day to its end, or so many days', () => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  assert.equal(parseUntil('2026-11-22', now), Date.parse('2026-11-22T23:59:59.999Z'))
  assert.equal(parseUntil('2d', now), now + 2 * 86_400_000)
  for (const text of ['2026-11-21', '0d', 'tomorrow', '2026-13-01', '']) refused(() => parseUntil(text, now), /--until/)
})

test('scopes by either name; a made-up one is refused', () => {
  assert.deepEqual(metadataScopes(['api', 'Api', 'offline_access', 'OpenID']), ['Api', 'RefreshToken', 'OpenID'])
  refused(() => metadataScopes(['everything']), /no OAuth scope/)
})

const web = {
  purpose: 'ERP sync',
  contact: 'ops@acme.example',
  flow: 'web-server',
  callbacks: ['https://erp.acme.example/cb'],
  tokenAddresses: ['203.0.113.10'],
  permissionSet: 'Erp_User',
} satisfies AppDescription
const machine = {
  purpose: 'Billing',
  contact: 'ops@acme.example',
  flow: 'client-credentials',
  runsAs: 'billing@acme.example',
  permissionSet: 'Billing_User',
} satisfies AppDescription

test('unsafe descriptions are refused, each for its own reason; what has a reason passes', () => {
  const said = (more: Partial<AppDescription>, of: AppDescription = web, sandbox = false): string =>
    appObjections({ ...of, ...more }, { sandbox })
      .map(({ text }) => text)
      .join('; ')
  assert.equal(said({}), '')
  assert.equal(said({}, machine), '')
  assert.match(said({ callbacks: ['http://erp.acme.example/cb'] }), /not encrypted/)
  assert.match(said({ callbacks: ['https://*.acme.example/cb'] }), /more than one place/)
  assert.match(said({ callbacks: ['no address'] }), /is no address/)
  assert.match(said({ callbacks: ['https://a@erp.acme.example/cb'] }), /user name/)
  assert.match(said({ callbacks: ['https://erp.acme.example/cb#x'] }), /fragment/)
  assert.match(said({ callbacks: [] }), /no callback/)
  const local = { callbacks: ['http://localhost:1717/cb'] }
  assert.match(said(local), /any program can listen/)
  assert.equal(said(local, web, true), '', 'a sandbox is for trying')
  assert.equal(said({ ...local, reasons: { localCallback: 'a tool for developers' } }), '')
  assert.match(said({ scopes: ['full', 'refresh_token'] }), /scope full/)
  assert.equal(said({ scopes: ['full', 'refresh_token'], reasons: { full: 'a backup of everything' } }), '')
  assert.match(said({ tokenAddresses: [] }), /from anywhere/)
  assert.equal(said({ tokenAddresses: [], reasons: { anywhere: 'people on the move' } }), '')
  assert.match(said({ tokenAddresses: ['203.0.112.0/23'] }), /256 addresses at most/)
  assert.match(said({ runsAs: 'x@y.example' }), /runs as whoever signs in/)
  assert.match(said({ certificate: 'x.pem' }), /opens JWT bearer/)
  assert.match(said({ scopes: ['api', 'refresh_token'] }, machine), /never gets a refresh token/)
  assert.match(said({ scopes: ['api', 'web'] }, machine), /user interface/)
  assert.match(said({ callbacks: ['https://a.example/cb'] }, machine), /doesn’t need/)
  assert.match(said({ tokenAddresses: ['203.0.113.1'] }, machine), /nothing to tie/)
  assert.match(said({}, { ...machine, runsAs: undefined } as AppDescription), /none is named/)
  assert.match(said({ flow: 'jwt-bearer' }, { ...machine, runsAs: undefined } as AppDescription), /no certificate/)
  assert.match(said({ flow: 'device', callbacks: [] }), /talked into/)
})

test('a description says everything that is wrong with it at once, and never a value', () => {
  const wrong = { purpose: 'x', contact: 'nobody', flow: 'password', secret: 's3cret-value' }
  assert.throws(
    () => checkedDescription(appDescriptionForm, wrong, 'app.yaml'),
    (error) =>
      error instanceof KeyturnError &&
      ['purpose', 'contact', 'flow', 'permissionSet', 'secret'].every((name) => error.message.includes(name)) &&
      !error.message.includes('s3cret-value'),
  )
})

test('files of an app are whole, escaped, and without a secret; applied twice an edit changes nothing more', () => {
  const hostile = { ...web, purpose: '</description><isProtected>true</isProtected> & "=cmd"' }
  const components = appComponents({
    name: 'Erp',
    description: hostile,
    surface: newestSurface,
    certificate: null,
    pair: null,
  })
  const files = new Map(sourceFiles(components).map(({ path, text }) => [path, text]))
  assert.equal(files.size, 6)
  const app = files.get('externalClientApps/Erp.eca-meta.xml') ?? ''
  assert.match(app, /<description>&lt;\/description&gt;&lt;isProtected&gt;true/)
  assert.equal(app.match(/<isProtected>/g)?.length, 1)
  const global = files.get('extlClntAppGlobalOauthSets/Erp_glbloauth.ecaGlblOauth-meta.xml') ?? ''
  assert.doesNotMatch(global, /consumer(Key|Secret)>/)
  for (const { edit } of components) {
    const once = edit(null)
    assert.deepEqual(edit(once), once)
  }
})

test('a log of API calls teaches objects and rights: deleting is said and not learned', () => {
  const head = 'EVENT_TYPE,USER_ID,USER_NAME,API_FAMILY,API_RESOURCE,HTTP_METHOD,ENTITY_NAME,STATUS_CODE'
  const line = (...cells: readonly string[]): string =>
    ['ApiTotalUsage', '005A0000000000A', 'etl@acme.example', ...cells].map((cell) => `"${cell}"`).join(',')
  const log = [
    head,
    line('REST', '/v66.0/query', 'GET', 'Account', '200'),
    line('REST', '/v66.0/sobjects/Invoice__c', 'POST', 'Invoice__c', '201'),
    line('REST', '/v66.0/sobjects/Invoice__c/a00', 'PATCH', 'Invoice__c', '204'),
    line('REST', '/v66.0/sobjects/Contact/003', 'DELETE', 'Contact', '204'),
    line('REST', '/v66.0/sobjects/Lead', 'POST', 'Lead', '403'),
    line('REST', '/v66.0/composite', 'POST', '', '200'),
    line('SOAP', 'upsert', 'POST', 'Account', ''),
    line('REST', '/v66.0/query?q=a,"",b', 'GET', 'X" OR', '200').replace('X" OR', 'X"" OR'),
  ].join('\r\n')
  assert.deepEqual(learnedIn(log, null), {
    objects: ['Account:edit,read', 'Invoice__c:create,edit'],
    deleted: ['Contact'],
    calls: 8,
    unnamed: 2,
  })
  assert.deepEqual(learnedIn(log, 'ETL@acme.example').calls, 8)
  refused(() => learnedIn(log, 'other@acme.example'), /calls of 0 users/)
  refused(
    () => learnedIn(`${log}\r\n${line('REST', '/', 'GET', 'Account', '200').replace('005A', '005B')}`, null),
    /2 users/,
  )
  refused(() => learnedIn('a,b\n1,2', null), /no column API_FAMILY/)
})
