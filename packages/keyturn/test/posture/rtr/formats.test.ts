/** The plan in every format, with names that do harm where a program prints them as they are; and the texts to mail. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostileNames } from '../../../../simulator/src/scenarios/hostile-names.ts'
import { known } from '../../../src/posture/fact.ts'
import { planHtml } from '../../../src/posture/rtr/formats/html.ts'
import { planJson } from '../../../src/posture/rtr/formats/json.ts'
import { planMarkdown } from '../../../src/posture/rtr/formats/markdown.ts'
import { planTable } from '../../../src/posture/rtr/formats/table.ts'
import { clientId, isClientPattern, matches, programOf, versionIn } from '../../../src/posture/rtr/client-id.ts'
import { isBefore, kindOf } from '../../../src/posture/rtr/client-kind.ts'
import { inventory } from '../../../src/posture/rtr/inventory.ts'
import { noticesFor, vendorRequest } from '../../../src/posture/rtr/notice.ts'
import { planOf, planOfApp, quoted } from '../../../src/posture/rtr/plan.ts'
import type { PlannedApp, RtrPlan } from '../../../src/posture/rtr/plan.ts'
import { noProofs } from '../../../src/posture/rtr/readiness.ts'
import { app, login, now, snapshotOf, token, words } from './rtr-world.ts'
import type { World } from './rtr-world.ts'

const plan = (world: World): RtrPlan =>
  planOf(inventory(snapshotOf(world), { callers: [], grants: [] }), noProofs, now, words)

const screen = (of: RtrPlan, one: PlannedApp | null = null): string =>
  planTable(of, { again: 'keyturn rtr acme', app: one })

const names = Object.values(hostileNames)
const hostile = plan({
  apps: names.map((name, n) =>
    app({
      name,
      label: name,
      id: `0H40000000000${String(n).padStart(2, '0')}`,
      namespace: n % 2 === 0 ? null : name,
      origin: known(n % 3 === 0 ? 'packaged' : 'local'),
    }),
  ),
  tokens: names.map((name, n) => token({ app: name, appId: `0H40000000000${String(n).padStart(2, '0')}`, user: name })),
  logins: names.map((name) => login({ application: name, client: name, user: name, address: name })),
})

// oxlint-disable-next-line no-control-regex -- that there are none is what is tested
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

test('hostile names are harmless in every format and in every text', () => {
  assert.equal(hostile.apps.length, names.length)
  const page = planHtml(hostile, '0.1.0')
  assert.doesNotMatch(page, /<img|<script|<a href="(?!#)|javascript:[^<]*\)"/i)
  assert.doesNotMatch(page, /<style[^>]*>[^<]*<(?!\/style)/)
  const markdown = planMarkdown(hostile)
  assert.doesNotMatch(markdown, /<img|<script|\]\(javascript/i)
  const alone = hostile.apps.map((one) => screen(planOfApp(hostile, one), one))
  const mails = hostile.apps.flatMap((one) => [
    vendorRequest(one, names[0] ?? ''),
    ...noticesFor(one, words, '2026-12-15'),
  ])
  for (const text of [page, markdown, screen(hostile), ...alone, ...mails.map(({ text: body }) => body)])
    assert.doesNotMatch(text, obeyed)
  for (const { subject } of mails) assert.doesNotMatch(subject, /[\r\n]|[\u0000-\u001f]/) // oxlint-disable-line no-control-regex -- it is what is looked for
})

test('a client’s id is one word, whatever the names in it, and says the same name back only for itself', () => {
  const ids = names.map((name) => clientId({ app: `app:${name}`, program: programOf(name), user: name }))
  for (const id of ids) {
    assert(isClientPattern(id), id)
    assert.match(id, /^[A-Za-z0-9@._:+%-]+\/[A-Za-z0-9@._:+%-]+\/[A-Za-z0-9@._:+%-]+$/)
    assert.equal(quoted(id), id, 'a shell needs no quotes for it')
    assert.deepEqual(
      ids.filter((other) => matches(id, other)),
      [id],
    )
  }
  const star = clientId({ app: 'app:a', program: 'p', user: '*' })
  assert(!matches(star, clientId({ app: 'app:a', program: 'p', user: 'x' })), 'a user called * is not everybody')
  assert(matches('app:a/p/*', star))
  for (const bad of ['', 'a', 'a/b', 'a/b/c/d', '*/b/c', 'a/*/c', 'a/b/', 'a b/c/d']) assert(!isClientPattern(bad), bad)
})

test('programs go by one name in all their versions', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['python-requests/2.32.4', 'python-requests', '2.32.4'],
    ['Faraday v1.10.3', 'Faraday', '1.10.3'],
    ['Apache-HttpClient/4.5.13 (Java/1.8.0_292)', 'Apache-HttpClient', '4.5.13'],
    ['Python/3.11 aiohttp/3.12.15', 'Python-aiohttp', '3.11'],
    ['sfdx toolbelt:', 'sfdx-toolbelt', null],
    ['@jsforce/jsforce-node', '@jsforce/jsforce-node', null],
    [
      'SalesforceMobileSDK/13.2.0 android mobile/14 (Pixel 8) App/1.0 Native uid_1f',
      'SalesforceMobileSDK-android-mobile-App-Native',
      '13.2.0',
    ],
    ['(((', 'unnamed', null],
    ['', 'unnamed', null],
  ]
  for (const [client, program, version] of cases) {
    assert.equal(programOf(client), program, client)
    assert.equal(versionIn(client), version, client)
  }
  assert(programOf(`${'a b '.repeat(50_000)}`).length < 300, 'no name is longer than a name')
})

test('known kinds: only what holds whatever the version, or for the version named, decides', () => {
  const effect = (client: string): string => kindOf(client)?.effect ?? 'none'
  assert.equal(effect('@salesforce/core/9.1.7'), 'breaks')
  assert.equal(effect('@salesforce/core/8.32.6'), 'breaks')
  assert.equal(effect('@salesforce/core/9.4.0'), 'depends')
  assert.equal(effect('@salesforce/core'), 'depends')
  assert.equal(effect('sfdx toolbelt:'), 'depends')
  assert.equal(effect('@salesforce/cli 2.150.6'), 'breaks')
  assert.equal(effect('SalesforceMobileSDK/13.2.0 android mobile/14'), 'breaks')
  assert.equal(effect('SalesforceMobileSDK/13.3.0 android mobile/14'), 'depends')
  assert.equal(effect('SalesforceMobileSDK/13.2.0 iOS/17'), 'depends')
  assert.equal(effect('NetCoreForce/5.0.0'), 'breaks')
  assert.equal(effect('@jsforce/jsforce-node'), 'depends')
  assert.equal(effect('Chrome 141'), 'depends')
  assert.equal(effect('python-requests/2.32.4'), 'depends')
  assert.equal(effect('Salesforce-Multi-Org-Fetcher/1.0'), 'none')
  assert(isBefore('9.1.10', '9.2.0') && !isBefore('9.2.0', '9.2.0') && !isBefore('10.0', '9.9.9'))
})

test('a notice says what changes, when, what to do, and the command that shows it; one for each owner', () => {
  const of = plan({ logins: [login({ client: '@jsforce/jsforce-node' })] })
  const [one] = of.apps
  assert(one)
  const [notice, ...more] = noticesFor(one, words, '2026-12-15')
  assert.equal(more.length, 0)
  assert.match(notice?.text ?? '', /will get Refresh Token Rotation on 2026-12-15/)
  assert.match(notice?.text ?? '', /refreshFn/)
  assert.match(notice?.text ?? '', /keyturn rehearse --record app:Erp\/@jsforce%2Fjsforce-node\/erp@example\.com -- /)
  const foreign: PlannedApp = { ...one, origin: 'packaged', namespace: 'mk' }
  const request = vendorRequest(foreign, 'Acme').text
  assert.match(request, /package with the namespace mk/)
  assert.match(request, /Enable Refresh Token Rotation/)
})

test('a page of 400 apps with 30 clients each opens, and says that there is more', () => {
  const many = Array.from({ length: 400 }, (_, n) => `0H40000000${String(n).padStart(5, '0')}`)
  const of = plan({
    apps: many.map((id, n) => app({ id, name: `App${n}`, label: `App ${n}` })),
    tokens: many.flatMap((appId, n) =>
      Array.from({ length: 30 }, (_, u) => token({ appId, app: `App${n}`, user: `u${u}@example.com` })),
    ),
    logins: [],
  })
  assert.equal(of.counts.clients, 12_000)
  const page = planHtml(of, '0.1.0')
  assert(page.length < 12_000_000, String(page.length))
  assert.match(page, /22 more/)
  assert.match(screen(of), /and 360 more apps/)
  assert(screen(of).split('\n').length < 60, 'the first screen of a large org is a screen')
})

test('the first screen: a line for each app with who is in its way, and the next command', () => {
  const of = plan({
    tokens: [token(), token({ user: 'b@example.com' }), token({ user: 'c@example.com' })],
    logins: [login({ client: '@salesforce/core/9.1.7' }), login({ user: 'b@example.com', client: 'sync-job/1.0' })],
  })
  const text = screen(of)
  const [line] = text.split('\n').filter((one) => one.startsWith('app:Erp'))
  assert.match(line ?? '', /0 of 3 .*✗ @salesforce\/core, \? sync-job, \? a token nobody was seen to use/)
  assert.match(text, /`keyturn rtr acme --app app:Erp`/)
  assert.doesNotMatch(text, /rtr notice|sync-job as/, 'clients and steps only of the app that is asked for')
  const [erp] = of.apps
  assert(erp)
  const detail = screen(planOfApp(of, erp), erp)
  assert.match(detail, /sync-job as b@example.com: unknown/)
  assert.match(detail, /A token of c@example.com that nobody was seen to use/)
  assert.match(detail, /→ Tell the owners: `keyturn rtr notice acme app:Erp`/)
  const page = planHtml(of, '0.1.0')
  assert.match(page, /sync-job/)
  const [json] = planJson(of).apps
  assert.equal(json?.blockers.length, 3)
  assert.deepEqual(
    json?.blockers.filter((id) => json.clients.some((one) => one.id === id)),
    json?.blockers,
  )
})
