/** The views of people and machines: what each fact makes of a row, a number and a step; unknown stays unknown. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applist,
  day,
  inventory,
  machine,
  now,
  profilelist,
  sampleLogin,
  sampleUser,
} from '../../../src/posture/controls/sample-facts.ts'
import { known, unknown } from '../../../src/posture/fact.ts'
import type { Facts, LoginUse, MfaMethod, UserFact } from '../../../src/posture/facts.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import { listingCsv, listingMarkdown } from '../../../src/posture/people/listing-files.ts'
import { listingTable } from '../../../src/posture/people/listing-table.ts'
import { machinesListing } from '../../../src/posture/people/machines-listing.ts'
import { machinesView } from '../../../src/posture/people/machines-view.ts'
import { peopleListing } from '../../../src/posture/people/people-listing.ts'
import { orgSetting, peopleView } from '../../../src/posture/people/people-view.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'

const hidden = unknown('permission', 'methods may not be seen', 'Manage Multi-Factor Authentication in API')

const names = [
  'ApiEnabled',
  'ForceTwoFactor',
  'TwoFactorApi',
  'BypassMFAForUiLogins',
  'SkipIdentityConfirmation',
  'BreakGlassLoginAllowed',
]

const snapshotOf = (facts: Partial<Facts>): Snapshot => ({
  format: 'keyturn-snapshot/1',
  takenAt: now,
  org: { id: '00D000000000001', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.my.salesforce.com' },
  auditor: { userId: '005000000000009', username: 'auditor@acme.example' },
  families: [],
  facts: {
    ...noFacts,
    ...applist({}),
    ...profilelist({}),
    permissionNames: known(names),
    tokens: known(inventory()),
    settings: { [orgSetting]: known(false) },
    logins: known({ days: 90, rows: 0, uses: [] }),
    ...facts,
  },
  calls: { total: 1, mostAtOnce: 1, ms: 1 },
})

const ui = (user: string, type = 'Application'): LoginUse =>
  sampleLogin({ user, type, subType: null, worked: 3, failed: 0 })
const soap = (user: string, more: Partial<LoginUse> = {}): LoginUse =>
  sampleLogin({
    user,
    type: 'Other Apex API',
    subType: null,
    application: 'N/A',
    client: 'CXF/3',
    worked: 5,
    failed: 0,
    ...more,
  })

const person = (username: string, methods: readonly MfaMethod[] | null, changes: Partial<UserFact> = {}): UserFact =>
  sampleUser({ username, name: username, mfaMethods: methods === null ? hidden : known(methods), ...changes })

const people = (users: readonly UserFact[], uses: readonly LoginUse[] = [], facts: Partial<Facts> = {}) =>
  peopleView(snapshotOf({ users: known(users), logins: known({ days: 90, rows: 1, uses }), ...facts }), 'acme')

test('each method is judged by whether it can be phished', () => {
  const cases: readonly (readonly [readonly MfaMethod[] | null, string])[] = [
    [['security-key'], 'phishing-resistant'],
    [['built-in-authenticator', 'totp'], 'phishing-resistant'],
    [['totp'], 'phishable'],
    [['salesforce-authenticator'], 'phishable'],
    [['lightning-login'], 'phishable'],
    [['temporary-code'], 'temporary-code'],
    [[], 'none'],
    [null, 'unknown'],
  ]
  for (const [methods, strength] of cases) {
    const view = people([person('a@acme.example', methods)])
    assert.equal(view.people[0]?.strength, strength)
    assert.equal(view.totals.byStrength[view.people[0].strength], 1)
    assert.equal(
      view.blind.some((text) => text.includes('registered methods')),
      methods === null,
    )
  }
})

test('the powerful come first, and of them who is let past and who has nothing', () => {
  const view = people([
    person('plain@acme.example', []),
    person('strong.admin@acme.example', ['security-key'], { systemAdministrator: true }),
    person('weak.admin@acme.example', ['totp'], { systemAdministrator: true }),
    person('past.admin@acme.example', ['security-key'], {
      systemAdministrator: true,
      permissions: known(['BypassMFAForUiLogins']),
    }),
    person('privileged@acme.example', [], { permissions: known(['AuthorApex']) }),
    person('hidden@acme.example', ['totp'], { permissions: hidden }),
    machine(),
    person('gone@acme.example', [], { active: false }),
    person('guest@acme.example', [], { userType: 'Guest' }),
  ])
  assert.deepEqual(
    view.people.map(({ username, rights, asked }) => `${username.split('@')[0]} ${rights} ${asked}`),
    [
      'past.admin administrator bypassed',
      'weak.admin administrator no',
      'strong.admin administrator no',
      'privileged privileged no',
      'hidden unknown unknown',
      'plain ordinary no',
    ],
  )
  assert.deepEqual(view.totals.powerful, {
    none: 1,
    'temporary-code': 0,
    unknown: 0,
    phishable: 1,
    'phishing-resistant': 2,
  })
})

test('whether somebody is asked follows from setting, permission set and bypass, and stays unknown otherwise', () => {
  const asked = (user: Partial<UserFact>, facts: Partial<Facts> = {}): string | undefined =>
    people([person('a@acme.example', [], user)], [], facts).people[0]?.asked
  const on = { settings: { [orgSetting]: known(true) } }
  assert.equal(asked({}), 'no')
  assert.equal(asked({}, on), 'yes')
  assert.equal(asked({ permissions: known(['ForceTwoFactor']) }), 'yes')
  assert.equal(asked({ permissions: known(['BypassMFAForUiLogins']) }, on), 'bypassed')
  assert.equal(asked({}, { settings: {} }), 'unknown')
  assert.equal(asked({ permissions: hidden }, on), 'unknown')
  assert.equal(asked({}, { ...on, permissionNames: hidden }), 'unknown')
  // An org that doesn’t know the permission can’t have given it.
  assert.equal(asked({ permissions: hidden }, { ...on, permissionNames: known(['ForceTwoFactor']) }), 'yes')
})

test('single sign-on is seen from logins', () => {
  const comes = (...uses: readonly LoginUse[]): string | undefined =>
    people([person('a@acme.example', [])], uses).people[0]?.comes
  assert.equal(comes(), 'not-seen')
  assert.equal(comes(ui('a@acme.example')), 'direct')
  assert.equal(comes(ui('a@acme.example', 'SAML Sfdc Initiated SSO')), 'sso')
  assert.equal(comes(ui('a@acme.example'), ui('a@acme.example', 'SAML Sfdc Initiated SSO')), 'both')
  assert.equal(people([person('a@acme.example', [])], [], { logins: hidden }).people[0]?.comes, 'unknown')
})

test('each group gets its step, with the command and whom it stops, and MFA for API Logins is never one', () => {
  const view = people(
    [
      person('admin@acme.example', ['totp'], { systemAdministrator: true }),
      person('plain@acme.example', []),
      person('past@acme.example', [], { permissions: known(['BypassMFAForUiLogins', 'SkipIdentityConfirmation']) }),
      person('tool@acme.example', ['totp'], { permissions: known(['TwoFactorApi']) }),
      person('who@acme.example', [], { nature: { is: 'unknown', why: 'it did not log in' } }),
    ],
    [ui('admin@acme.example'), ui('plain@acme.example'), ui('past@acme.example'), soap('tool@acme.example')],
  )
  const steps = view.steps.map(
    ({ command, users, impact }) =>
      `${command ?? '-'} ${users.map((one) => one.split('@')[0]).join(',')} ${impact?.cutOff ?? '-'}`,
  )
  assert.deepEqual(steps, [
    '- admin -',
    '- past,plain -',
    'keyturn fix acme user-mfa-bypass past 1',
    'keyturn fix acme user-skip-identity past 0',
    'keyturn fix acme people-mfa-asked admin 0',
    'keyturn fix acme mfa-required-for-org admin,plain,tool 1',
    '- who -',
    '- tool -',
  ])
  for (const { command } of view.steps) assert.doesNotMatch(command ?? '', /TwoFactorApi|api-mfa/i)
  assert.equal(view.people.find(({ username }) => username.startsWith('tool'))?.needsSecurityToken, true)
})

test('where the org asks and everybody is well, there is nothing to do', () => {
  const view = people(
    [person('admin@acme.example', ['security-key'], { systemAdministrator: true })],
    [ui('admin@acme.example')],
    {
      settings: { [orgSetting]: known(true) },
    },
  )
  assert.deepEqual([view.steps, view.blind], [[], []])
})

test('facts that were not read make nobody covered', () => {
  const view = peopleView({ ...snapshotOf({}), facts: noFacts }, null)
  assert.deepEqual([view.people, view.orgAsks, view.days], [[], 'unknown', null])
  assert.equal(view.blind.length, 4)
  const machines = machinesView({ ...snapshotOf({}), facts: noFacts }, null)
  assert.deepEqual([machines.machines, machines.days, machines.blind.length], [[], null, 3])
})

const machines = (users: readonly UserFact[], uses: readonly LoginUse[], facts: Partial<Facts> = {}) =>
  machinesView(
    snapshotOf({
      users: known(users),
      logins: known({ days: 90, rows: 1, uses }),
      tokens: known(inventory({ tokens: [] })),
      ...facts,
    }),
    'acme',
  )

test('machines by way: what ends comes first, with its way off', () => {
  const view = machines(
    [
      machine({ username: 'etl@acme.example' }),
      machine({ username: 'erp@acme.example' }),
      machine({ username: 'new@acme.example' }),
      machine({ username: 'idle@acme.example' }),
      person('ann@acme.example', []),
      person('bob@acme.example', []),
    ],
    [
      soap('etl@acme.example', { last: now - day, address: '203.0.113.1' }),
      soap('etl@acme.example', { last: now - 2 * day, address: '203.0.113.2' }),
      sampleLogin({ user: 'erp@acme.example', subType: 'OauthUsernamePassword', worked: 2, last: now - 3 * day }),
      sampleLogin({ user: 'new@acme.example', subType: 'OauthClientCredentials', worked: 9 }),
      soap('ann@acme.example', { last: now - 5 * day }),
      ui('ann@acme.example'),
      ui('bob@acme.example'),
      sampleLogin({ user: 'bob@acme.example', subType: 'OauthWebServer', application: 'Laptop' }),
      soap('etl@acme.example', { client: 'guess', worked: 0, failed: 9 }),
    ],
  )
  assert.deepEqual(
    view.machines.map(({ username, leaves, waysOff, uses }) => [
      username.split('@')[0],
      leaves,
      waysOff.map(({ way }) => way),
      uses.map(({ way }) => way),
    ]),
    [
      ['etl', true, ['client-credentials', 'jwt-bearer', 'broker'], ['SOAP login()', 'SOAP login()']],
      ['erp', true, ['client-credentials', 'jwt-bearer', 'broker'], ['OAuth username-password']],
      ['ann', true, ['own-user', 'client-credentials', 'jwt-bearer', 'broker'], ['SOAP login()']],
      ['new', false, [], ['OAuth client credentials']],
      ['idle', false, [], []],
    ],
  )
  assert.deepEqual(view.totals, { machines: 5, leaving: 3, soap: 2, passwordFlow: 1, shared: 1, withoutLogins: 1 })
  const [etl] = view.machines
  assert.deepEqual([etl?.uses[0]?.addresses, etl?.uses[0]?.worked], [['203.0.113.1', '203.0.113.2'], 10])
  assert.match(
    etl?.waysOff[1]?.commands[1] ?? '',
    /^keyturn connect etl --jwt --login-url https:\/\/acme\.my\.salesforce\.com .* --username etl@acme\.example /,
  )
})

test('shared users are known by persons, apps and programs; nobody can tell without all tokens', () => {
  const shared = (uses: readonly LoginUse[], tokens: Facts['tokens']) =>
    machines([machine({ username: 'etl@acme.example' })], uses, { tokens }).machines[0]?.shared
  const token = (app: string) => ({
    app,
    appId: null,
    user: 'etl@acme.example',
    created: now,
    lastUsed: now,
    useCount: 1,
  })
  const some = (...apps: readonly string[]): Facts['tokens'] => known(inventory({ tokens: apps.map(token) }))
  assert.deepEqual(shared([soap('etl@acme.example')], some('A')), [])
  assert.deepEqual(shared([soap('etl@acme.example')], some('A', 'B')), ['2 apps hold tokens of it'])
  assert.deepEqual(shared([soap('etl@acme.example'), ui('etl@acme.example')], some()), [
    'somebody logs in to the user interface as it',
  ])
  assert.deepEqual(shared([soap('etl@acme.example'), soap('etl@acme.example', { client: 'Other' })], some()), [
    '2 programs log in as it',
  ])
  assert.equal(shared([soap('etl@acme.example')], known(inventory({ complete: false }))), null)
})

test('hostile names are harmless in every form, and never part of a command', () => {
  const evil = '=cmd|\u001b[31m<script>`$(rm)`@x.example'
  const users = [
    person(evil, [], { systemAdministrator: true, profile: evil }),
    machine({ username: `;rm -rf ~;@${evil}`, name: evil }),
  ]
  const uses = [ui(evil), soap(`;rm -rf ~;@${evil}`, { client: evil, application: evil })]
  const shown = [peopleListing(people(users, uses)), machinesListing(machines(users, uses))]
  for (const listing of shown) {
    const [screen, markdown, csv] = [
      listingTable(listing, { paint: (_, text) => text, width: 120 }),
      listingMarkdown(listing),
      listingCsv(listing),
    ]
    for (const text of [screen, markdown, csv]) assert.ok(!text.includes('\u001b'), text)
    assert.doesNotMatch(markdown, /<script>|`\$\(rm\)`/)
    assert.doesNotMatch(csv, /(^|,)"=cmd/m)
    for (const { commands } of listing.steps) for (const command of commands) assert.doesNotMatch(command, /[;`<$|]/)
  }
  assert.match(listingCsv(peopleListing(people(users, uses))), /^\ufeff"username","rights"/)
})

test('ten thousand people are shown within a screen, and all of them as CSV', () => {
  const many = Array.from({ length: 10_000 }, (_, index) =>
    person(`p${index}@acme.example`, index % 2 === 0 ? [] : ['totp']),
  )
  const listing = peopleListing(people(many))
  assert.match(listingTable(listing, { paint: (_, text) => text, width: undefined }), /… and 9900 more/)
  assert.equal(listingCsv(listing).split('\r\n').length, 10_002)
})
