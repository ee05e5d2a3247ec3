/** Who would be cut off, kind by kind: certain, possible, not seen, and never the account that makes the change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known, unknown } from '../../../src/posture/fact.ts'
import { impactOf, together } from '../../../src/posture/impact/impact-of.ts'
import type { Impact } from '../../../src/posture/impact/impact.ts'
import type { Restriction } from '../../../src/posture/impact/restriction.ts'
import { day, hidden, now } from '../../../src/posture/controls/sample-facts.ts'
import { evidenceOf } from './evidence.ts'
import type { Sketch } from './evidence.ts'

interface Row extends Sketch {
  readonly name: string
  readonly restriction: Restriction
  /** Users, sorted. */
  readonly cutOff?: readonly string[]
  readonly possible?: readonly string[]
  readonly blind?: readonly RegExp[]
  readonly locksOutSelf?: boolean
}

const [ann, bob, erp] = ['ann@example.com', 'bob@example.com', 'erp@example.com']
const ranges = [{ from: '203.0.113.10', to: '203.0.113.20' }]
const v6 = [{ from: '2001:db8::', to: '2001:db8::ffff' }]
const refreshed = { subType: 'OauthRefreshToken' }
const browser = { type: 'Application', subType: 'UsernamePasswordUiLogin', application: 'Browser', user: ann }
const soap = { type: 'Other Apex API', subType: null, application: null }
const jwt = { type: 'Remote Access 2.0', subType: null }
const weekdays = (from: number, to: number) =>
  Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((name) => [name, [from, to] as const]),
  )

const permitted = { is: 'permitted-users', app: 'Erp', users: [erp] } as const
const ofProfile = { is: 'login-addresses', profile: 'Erp Integration', ranges } as const
const erpHours = { is: 'login-hours', profile: 'Erp Integration', hours: weekdays(480, 1080) } as const
const bypass = { ipRelaxation: known('BYPASS') }

const rows: readonly Row[] = [
  {
    name: 'permitted users: a token of somebody else',
    restriction: permitted,
    tokens: [{}, { user: ann }],
    cutOff: [ann],
  },
  { name: 'permitted users: names in other case', restriction: permitted, tokens: [{ user: 'ERP@Example.com' }] },
  {
    name: 'permitted users: a login under the label of the app, and one of another app',
    restriction: permitted,
    logins: [
      { user: ann, application: 'ERP' },
      { user: bob, application: 'Crm' },
    ],
    cutOff: [ann],
  },
  {
    name: 'permitted users: a login under a name that tokens of the app once had',
    restriction: permitted,
    tokens: [{ app: 'Old Erp' }],
    logins: [{ user: ann, application: 'Old Erp' }],
    possible: [ann],
  },
  {
    name: 'permitted users: a token without a link, under a name that two apps have',
    restriction: { ...permitted, app: 'eca:Erp' },
    apps: [{}, { kind: 'connected', id: '0H4000000000001', name: 'Erp_Old', label: 'Erp' }],
    tokens: [{ user: ann, appId: null, app: 'Erp' }],
    possible: [ann],
  },
  {
    name: 'permitted users: a token of another app of the same name is none of it',
    restriction: { ...permitted, app: 'eca:Erp' },
    apps: [{}, { kind: 'connected', id: '0H4000000000001', name: 'Erp' }],
    tokens: [{ user: ann, appId: '0H4000000000001' }],
  },
  {
    name: 'permitted users: an OAuth login by an app nobody named',
    restriction: permitted,
    logins: [{ user: ann, application: null }],
    possible: [ann],
  },
  {
    name: 'permitted users: SOAP and the login page come by no app',
    restriction: permitted,
    logins: [soap, { ...soap, user: ann }, { ...browser, application: null }],
  },
  {
    name: 'permitted users: who is frozen or gone loses nothing',
    restriction: permitted,
    users: [
      { username: ann, active: false },
      { username: bob, frozen: known(true) },
    ],
    tokens: [{ user: ann }, { user: bob }],
  },
  {
    name: 'permitted users: a caller of the broker',
    restriction: permitted,
    callers: [{ username: ann }],
    cutOff: [ann],
  },
  {
    name: 'permitted users: a caller of nobody knows whom',
    restriction: permitted,
    callers: [{ username: null }],
    possible: ['unknown'],
  },
  {
    name: 'permitted users: the account that makes the change',
    restriction: permitted,
    self: { app: 'Erp' },
    locksOutSelf: true,
  },
  {
    name: 'permitted users: the app of the account that makes the change is not known',
    restriction: permitted,
    self: { app: null },
    blind: [/locks itself out can’t be told/],
  },
  {
    name: 'permitted users: tokens that may not be seen',
    restriction: permitted,
    logins: [{ user: ann }],
    facts: { tokens: hidden },
    cutOff: [ann],
    blind: [/tokens: the auditor may not see it \(needs Customize Application\)/],
  },
  {
    name: 'permitted users: half of the tokens',
    restriction: permitted,
    facts: { tokens: known({ counted: 9, read: 1, complete: false, why: 'the org stopped', tokens: [] }) },
    blind: [/tokens: not all were read: the org stopped/],
  },
  {
    name: 'permitted users: refused logins are no use',
    restriction: permitted,
    logins: [{ user: ann, worked: 0, failed: 9 }],
  },

  {
    name: 'blocked app',
    restriction: { is: 'blocked-app', app: 'Erp' },
    tokens: [{}],
    logins: [{ user: ann }],
    cutOff: [ann, erp],
  },
  {
    name: 'blocked app of the account itself',
    restriction: { is: 'blocked-app', app: 'Keyturn' },
    apps: [{ name: 'Keyturn' }],
    locksOutSelf: true,
  },
  { name: 'users off', restriction: { is: 'users-off', users: [erp] }, tokens: [{}, { user: ann }], cutOff: [erp] },

  { name: 'login addresses: from inside', restriction: ofProfile, logins: [{}] },
  {
    name: 'login addresses: from elsewhere',
    restriction: ofProfile,
    logins: [{}, { address: '198.51.100.7' }],
    cutOff: [erp],
  },
  {
    name: 'login addresses: of other people',
    restriction: ofProfile,
    logins: [{ user: ann, address: '198.51.100.7' }],
    users: [{}],
  },
  {
    name: 'login addresses: IPv6 from elsewhere and from inside',
    restriction: { ...ofProfile, ranges: [...ranges, ...v6] },
    logins: [{ address: '2001:db8::17' }, { address: '2001:db8:1::17', user: erp }],
    cutOff: [erp],
  },
  {
    name: 'login addresses: IPv4 written as IPv6',
    restriction: ofProfile,
    logins: [{ address: '::ffff:203.0.113.12' }],
  },
  {
    name: 'login addresses: a network that is partly inside',
    restriction: ofProfile,
    logins: [{ address: '203.0.113.0/24' }],
    possible: [erp],
  },
  {
    name: 'login addresses: a network that is inside',
    restriction: { ...ofProfile, ranges: [{ from: '203.0.113.0', to: '203.0.113.255' }] },
    logins: [{ address: '203.0.113.0/24' }],
  },
  {
    name: 'login addresses: a network outside is never certain',
    restriction: ofProfile,
    logins: [{ address: '198.51.100.0/24' }],
    possible: [erp],
  },
  {
    name: 'login addresses: addresses were not kept',
    restriction: ofProfile,
    logins: [{ address: '*' }],
    possible: [erp],
  },
  {
    name: 'login addresses: a login without an address',
    restriction: ofProfile,
    logins: [{ address: '' }],
    blind: [/have no address: erp@example.com/],
  },
  {
    name: 'login addresses: a range that is none',
    restriction: { ...ofProfile, ranges: [{ from: 'x', to: 'y' }] },
    logins: [{}],
    possible: [erp],
  },
  {
    name: 'login addresses: a token whose use no login shows',
    restriction: ofProfile,
    tokens: [{}],
    blind: [/no login shows from where their token was last used: erp@example.com/],
  },
  { name: 'login addresses: a token whose use a login shows', restriction: ofProfile, tokens: [{}], logins: [{}] },
  {
    name: 'login addresses: an app that relaxes them',
    restriction: ofProfile,
    apps: [bypass],
    logins: [{ address: '198.51.100.7' }],
    tokens: [{ lastUsed: now }],
  },
  {
    name: 'login addresses: an app that relaxes them, and a login that may be JWT bearer',
    restriction: ofProfile,
    apps: [bypass],
    logins: [{ ...jwt, address: '198.51.100.7' }],
    possible: [erp],
  },
  {
    name: 'login addresses: relaxed for refreshing only',
    restriction: ofProfile,
    apps: [{ ipRelaxation: known('ENFORCE_RELAXREFRESH') }],
    logins: [
      { ...refreshed, address: '198.51.100.7' },
      { user: erp, subType: 'OauthWebServer', address: '198.51.100.8' },
    ],
    cutOff: [erp],
  },
  {
    name: 'login addresses: SOAP has no app to relax them',
    restriction: ofProfile,
    apps: [bypass],
    logins: [{ ...soap, address: '198.51.100.7' }],
    cutOff: [erp],
  },
  {
    name: 'login addresses: an app nobody knows',
    restriction: ofProfile,
    logins: [{ application: 'Zap', address: '198.51.100.7' }],
    possible: [erp],
  },
  {
    name: 'login addresses: users were not read',
    restriction: ofProfile,
    facts: { users: hidden },
    logins: [{ address: '198.51.100.7' }],
    possible: [erp],
    blind: [/users: the auditor/],
  },
  {
    name: 'login addresses: the caller goes where its user goes',
    restriction: ofProfile,
    logins: [{ address: '198.51.100.7' }],
    callers: [{}],
    cutOff: [erp, erp],
  },
  {
    name: 'login addresses: of a caller nothing was seen',
    restriction: ofProfile,
    callers: [{}],
    blind: [/broker caller billing \(erp@example.com\)/],
  },
  {
    name: 'login addresses: the account itself, from outside',
    restriction: { ...ofProfile, profile: null },
    apps: [{}, { name: 'Keyturn', id: '0xI000000000009', label: 'Keyturn' }],
    self: { address: '198.51.100.9' },
    locksOutSelf: true,
  },
  {
    name: 'login addresses: the account itself, from nobody knows where',
    restriction: { ...ofProfile, profile: null },
    self: { address: null },
    blind: [/locks itself out can’t be told: the address/],
  },

  {
    name: 'app addresses: outside the ranges of the user’s profile',
    restriction: { is: 'app-addresses', app: 'Erp' },
    apps: [bypass],
    logins: [{ address: '198.51.100.7' }, { user: erp }],
    cutOff: [erp],
    self: { app: 'Other', username: erp },
  },
  {
    name: 'app addresses: profiles were not read',
    restriction: { is: 'app-addresses', app: 'Erp' },
    facts: { profiles: hidden },
    logins: [{ address: '198.51.100.7' }],
    blind: [/profiles: /, /login ranges of their profiles/],
  },

  {
    name: 'token addresses: refreshed from elsewhere, and machine flows that have none',
    restriction: { is: 'token-addresses', app: 'Erp', ranges },
    logins: [
      { address: '198.51.100.7' },
      { user: ann, subType: 'OauthClientCredentials', address: '198.51.100.7' },
      { user: bob, ...jwt, address: '198.51.100.7' },
    ],
    cutOff: [erp],
    possible: [bob],
  },

  // A Monday, 9:00 in UTC.
  {
    name: 'login hours: the one login was inside',
    restriction: erpHours,
    logins: [{ worked: 1, last: now, subType: 'OauthWebServer' }],
    timeZone: 'GMT',
  },
  {
    name: 'login hours: other logins can’t be told',
    restriction: erpHours,
    logins: [{ worked: 2, last: now, subType: 'OauthWebServer' }],
    timeZone: 'GMT',
    possible: [erp],
  },
  {
    name: 'login hours: the last login was outside',
    restriction: erpHours,
    logins: [{ ...soap, last: now - 2 * day }],
    timeZone: 'GMT',
    cutOff: [erp],
  },
  {
    name: 'login hours: in the time zone of the org',
    restriction: erpHours,
    logins: [{ ...soap, last: now }],
    timeZone: 'America/Los_Angeles',
    cutOff: [erp],
  },
  {
    name: 'login hours: the time zone is not known',
    restriction: erpHours,
    logins: [{ ...soap, last: now - 2 * day }],
    possible: [erp],
  },
  {
    name: 'login hours: refreshing is no login',
    restriction: erpHours,
    logins: [{ last: now - 2 * day }],
    timeZone: 'GMT',
    possible: [erp],
  },
  {
    name: 'login hours: the account itself at this moment',
    restriction: { ...erpHours, hours: weekdays(0, 60) },
    self: { username: erp },
    timeZone: 'GMT',
    locksOutSelf: true,
  },

  {
    name: 'scopes: nobody can tell',
    restriction: { is: 'scopes', app: 'Erp', removed: ['Full'] },
    tokens: [{}],
    logins: [{ user: ann, ...jwt }],
    possible: [ann, erp],
  },
  {
    name: 'scopes: a machine flow has no use for the refresh scope',
    restriction: { is: 'scopes', app: 'Erp', removed: ['RefreshToken'] },
    logins: [
      { user: ann, ...jwt },
      { user: bob, subType: 'OauthClientCredentials' },
    ],
  },
  {
    name: 'callbacks: codes and tokens, and no refresh',
    restriction: { is: 'callbacks', app: 'Erp', removed: ['http://localhost/'] },
    tokens: [{}],
    logins: [{ user: ann, subType: 'OauthWebServer' }, { user: bob }],
    possible: [ann, erp],
  },
  {
    name: 'PKCE: codes and tokens, and no machine flow',
    restriction: { is: 'pkce', app: 'Erp' },
    tokens: [{}],
    logins: [
      { user: ann, subType: 'OauthWebServer' },
      { user: bob, ...jwt },
      { user: bob, subType: 'OauthClientCredentials' },
    ],
    possible: [ann, erp],
  },
  {
    name: 'PKCE of the org: only apps that don’t require it yet',
    restriction: { is: 'pkce', app: null },
    apps: [{}, { name: 'Crm', label: 'Crm', id: '0xI000000000002', pkceRequired: known(false) }],
    logins: [
      { user: ann, subType: 'OauthWebServer' },
      { user: bob, subType: 'OauthWebServer', application: 'Crm' },
    ],
    possible: [bob],
  },
  {
    name: 'flow off: logins by it',
    restriction: { is: 'flow-off', app: 'Erp', flow: 'client-credentials' },
    logins: [{ subType: 'OauthClientCredentials' }, { user: ann }],
    tokens: [{ user: bob }],
    cutOff: [erp],
  },
  {
    name: 'flow off: a login without a name where the app offers one flow only',
    restriction: { is: 'flow-off', app: 'Erp', flow: 'jwt-bearer' },
    apps: [{ flows: known(['jwt-bearer', 'web-server']) }],
    logins: [jwt],
    cutOff: [erp],
  },
  {
    name: 'flow off: a login without a name where the app offers two',
    restriction: { is: 'flow-off', app: 'Erp', flow: 'device' },
    apps: [{ flows: known(['jwt-bearer', 'device']) }],
    logins: [jwt],
    tokens: [{ user: ann }],
    possible: [ann, erp],
  },
  {
    name: 'flow off in the org: the password flow, by whatever app',
    restriction: { is: 'flow-off', app: null, flow: 'oauth-password' },
    logins: [{ subType: 'OauthUsernamePassword', application: 'Whatever' }, { user: ann }],
    tokens: [{}],
    cutOff: [erp],
  },
  {
    name: 'flow off: by which the account itself signs in',
    restriction: { is: 'flow-off', app: 'Keyturn', flow: 'client-credentials' },
    apps: [{ name: 'Keyturn', label: 'Keyturn' }],
    logins: [{ user: 'admin@example.com', application: 'Keyturn', subType: 'OauthClientCredentials' }],
    cutOff: ['admin@example.com'],
    locksOutSelf: true,
  },
  {
    name: 'secret for refreshing: who refreshes',
    restriction: { is: 'secret-required', app: 'Erp', at: 'refresh' },
    tokens: [{}],
    logins: [{ user: ann }, { user: bob, subType: 'OauthWebServer' }],
    possible: [ann, erp],
  },
  {
    name: 'secret for codes',
    restriction: { is: 'secret-required', app: 'Erp', at: 'web-server' },
    logins: [{ user: bob, subType: 'OauthWebServer' }, {}],
    possible: [bob],
  },
  {
    name: 'secret for token exchange',
    restriction: { is: 'secret-required', app: 'Erp', at: 'token-exchange' },
    logins: [{ user: bob, subType: 'OauthTokenExchange' }, {}],
    possible: [bob],
  },

  {
    name: 'rotation: several addresses, several clients, and one that may not keep it',
    restriction: { is: 'rotation', app: 'Erp' },
    tokens: [{}, { user: ann }, { user: bob }],
    logins: [
      { address: '203.0.113.10' },
      { address: '203.0.113.11' },
      { user: ann, client: 'Java' },
      { user: ann, client: 'curl' },
      { user: bob, client: 'Java' },
    ],
    possible: [ann, ann, ann, erp, erp],
    blind: [/client keeps each new refresh token.*: bob@example.com$/],
  },
  {
    name: 'token lifetime: unused for too long',
    restriction: { is: 'token-lifetime', app: 'Erp', idleDays: 30, lifetimeDays: null },
    tokens: [{}, { user: ann, lastUsed: now - 31 * day }, { user: bob, lastUsed: null, created: now - 40 * day }],
    cutOff: [ann, bob],
  },
  {
    name: 'token lifetime: used more rarely than the limit',
    restriction: { is: 'token-lifetime', app: 'Erp', idleDays: 30, lifetimeDays: null },
    tokens: [{ created: now - 400 * day, useCount: 5 }],
    possible: [erp],
  },
  {
    name: 'token lifetime: too old, and one that will be',
    restriction: { is: 'token-lifetime', app: 'Erp', idleDays: null, lifetimeDays: 90 },
    tokens: [{}, { user: ann, created: now - 100 * day }],
    cutOff: [ann],
    possible: [erp],
  },

  {
    name: 'MFA: people at the login page without a method',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known([]) }, { username: bob }],
    logins: [browser, { ...browser, user: bob }, { user: erp }],
    cutOff: [ann],
  },
  {
    name: 'MFA: a temporary code only',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known(['temporary-code']) }],
    logins: [browser],
    possible: [ann],
  },
  {
    name: 'MFA: methods may not be read',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: hidden }],
    logins: [browser],
    possible: [ann],
  },
  {
    name: 'MFA: single sign-on and the API are not asked',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known([]) }],
    logins: [{ ...browser, type: 'SAML Idp Initiated SSO', subType: null }, { user: ann }, { user: ann, ...soap }],
  },
  {
    name: 'MFA: of the whole org, who is exempt stays so',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known([]), permissions: known(['BypassMFAForUiLogins']) }],
    logins: [browser],
  },
  {
    name: 'MFA: who must already is not stopped by it',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known([]), permissions: known(['ForceTwoFactor']) }],
    logins: [browser],
  },

  {
    name: 'permission: API Enabled',
    restriction: { is: 'permission-removed', permission: 'ApiEnabled', users: [erp] },
    tokens: [{}, { user: ann }],
    cutOff: [erp],
  },
  {
    name: 'permission: the exemption from MFA',
    restriction: { is: 'permission-removed', permission: 'BypassMFAForUiLogins', users: [ann] },
    users: [{ mfaMethods: known([]), permissions: known(['BypassMFAForUiLogins']) }],
    logins: [browser],
    cutOff: [ann],
  },
  {
    name: 'permission: any other may be missed',
    restriction: { is: 'permission-removed', permission: 'ViewAllData', users: [ann] },
    logins: [browser, { user: bob }],
    possible: [ann],
  },
  {
    name: 'permission: a password that never expired',
    restriction: { is: 'permission-removed', permission: 'PasswordNeverExpires', users: [erp] },
    logins: [soap, {}],
    possible: [erp],
  },
  {
    name: 'permission: uninstalled apps, and one that is installed',
    restriction: { is: 'permission-removed', permission: 'CanApproveUninstalledApps', users: [ann, bob] },
    tokens: [{ user: ann, app: 'Zap', appId: null }, { user: bob }],
    possible: [ann],
  },

  {
    name: 'SOAP login()',
    restriction: { is: 'soap-login-off', users: null },
    logins: [soap, { user: ann }],
    cutOff: [erp],
  },
  { name: 'SOAP login() of some', restriction: { is: 'soap-login-off', users: [ann] }, logins: [soap] },
  {
    name: 'API access control: apps that are not allowed, and who may use any',
    restriction: { is: 'api-access-control', allowed: ['Erp', 'Keyturn'] },
    apps: [{}, { name: 'Crm', label: 'Crm', id: '0xI000000000002' }],
    users: [{}, { username: bob, permissions: known(['UseAnyApiClient']) }],
    tokens: [
      {},
      { user: ann, app: 'Crm', appId: '0xI000000000002' },
      { user: bob, app: 'Crm', appId: '0xI000000000002' },
    ],
    logins: [soap, { user: ann, application: null }],
    cutOff: [ann],
    possible: [ann, erp],
  },
  {
    name: 'My Domain: logins at the common host, and SOAP at hosts nobody saw',
    restriction: { is: 'my-domain-only', whom: 'programs' },
    logins: [
      { ...soap, host: 'login.salesforce.com' },
      { ...soap, user: ann, host: 'acme.my.salesforce.com' },
      { ...soap, user: bob },
      { host: 'login.salesforce.com' },
      { ...browser, host: 'login.salesforce.com' },
    ],
    cutOff: [erp],
    possible: [bob],
  },
  {
    name: 'My Domain: people',
    restriction: { is: 'my-domain-only', whom: 'people' },
    logins: [
      { ...browser, host: 'https://login.salesforce.com/' },
      { ...soap, host: 'login.salesforce.com' },
    ],
    cutOff: [ann],
  },
  {
    name: 'nothing takes nothing away',
    restriction: { is: 'nothing', why: 'a text' },
    logins: [{}],
    tokens: [{}],
    facts: { apps: hidden },
    self: { app: null, address: null },
  },
]

const usersOf = (list: Impact['cutOff']): readonly string[] => list.map(({ user }) => user).toSorted()

for (const row of rows) {
  void test(row.name, () => {
    const impact = impactOf(row.restriction, evidenceOf(row))
    const said = JSON.stringify(impact, null, 1)
    assert.deepEqual(usersOf(impact.cutOff), row.cutOff ?? [], said)
    assert.deepEqual(usersOf(impact.possible), row.possible ?? [], said)
    const wanted = row.blind ?? []
    assert.equal(impact.blind.length, wanted.length, said)
    for (const words of wanted)
      assert(
        impact.blind.some((text) => words.test(text)),
        said,
      )
    assert.equal(impact.locksOutSelf, row.locksOutSelf ?? false, said)
    for (const { why } of [...impact.cutOff, ...impact.possible]) assert.match(why, /\.$/)
  })
}

void test('a cut-off names the app, the way, the client, where from, how often and when last', () => {
  const { cutOff, days } = impactOf(
    { is: 'blocked-app', app: 'eca:Erp' },
    evidenceOf({
      logins: [
        { application: 'ERP', client: 'Java', address: '203.0.113.10', worked: 3, last: now - 2 * day },
        { application: 'ERP', client: 'Java', address: '203.0.113.11', worked: 4, last: now - day },
      ],
      callers: [{}],
    }),
  )
  const why = 'The app would be blocked.'
  const one = { user: erp, app: 'Erp', why, last: now - day }
  assert.deepEqual(cutOff, [
    { ...one, way: 'OauthRefreshToken', client: 'Java', addresses: ['203.0.113.10', '203.0.113.11'], uses: 7 },
    { ...one, way: 'broker', client: 'broker caller billing', addresses: [], uses: 0 },
  ])
  assert.equal(days, 90)
})

void test('several restrictions together: who is cut off by one is not listed as possible by another, and counts once', () => {
  const evidence = evidenceOf({ tokens: [{}, { user: ann }], self: { app: 'Erp', username: erp } })
  const [one, two] = [
    impactOf({ is: 'blocked-app', app: 'Erp' }, evidence),
    impactOf({ is: 'scopes', app: 'Erp', removed: ['Full'] }, evidence),
  ]
  assert.equal(one.cutOff.length, 2)
  assert.equal(two.possible.length, 2)
  const both = together([one, two])
  assert.deepEqual([both.cutOff.length, both.possible.length, both.locksOutSelf, both.days], [2, 0, true, 90])
  assert.equal(both.cutOff[0]?.uses, 40)
  assert.deepEqual(together([]), { days: null, cutOff: [], possible: [], blind: [], locksOutSelf: false })
})

void test('with nothing read everything is blind and nobody is listed', () => {
  const not = unknown('not-collected', 'this was not collected')
  const evidence = evidenceOf({ facts: { apps: not, users: not, profiles: not, tokens: not, logins: not } })
  for (const { restriction } of rows) {
    const impact = impactOf(restriction, evidence)
    assert.deepEqual([impact.cutOff, impact.possible], [[], []], restriction.is)
    assert.equal(impact.blind.length > 0, restriction.is !== 'nothing', restriction.is)
  }
})
