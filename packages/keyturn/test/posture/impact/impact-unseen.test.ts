/**
 * Who may be cut off and shows in no login that was read: jobs of a quarter, tokens that rest, robots at the login page,
 * tools that live on somebody’s browser. None of these may pass for safe.
 */
import { known } from '../../../src/posture/fact.ts'
import { day, now, sampleUser } from '../../../src/posture/controls/sample-facts.ts'
import { judgeRows } from './judged-rows.ts'

const ann = 'ann@example.com'
const erp = 'erp@example.com'
const browser = { type: 'Application', subType: 'UsernamePasswordUiLogin', application: 'Browser' }
const soap = { type: 'Other Apex API', subType: null, application: null }
const jwt = { type: 'Remote Access 2.0', subType: null }
const ranges = [{ from: '203.0.113.10', to: '203.0.113.20' }]
const before = [/logins of more than 90 days ago.*read 180 days/]
const quarterly = sampleUser({
  username: 'quarter@example.com',
  lastLogin: now - 100 * day,
  nature: { is: 'unknown', why: '' },
})
const users = { users: known([quarterly, sampleUser({ username: erp, nature: { is: 'machine', why: '' } })]) }
const named = [/last logged in before.*: quarter@example\.com$/]
const byPassword = /by a password more than 90 days ago: read 180 days/

judgeRows([
  {
    name: 'an app that leaves a token at every login: tokens show also who comes once a year',
    restriction: { is: 'blocked-app', app: 'Erp' },
    days: 90,
  },
  ...(['jwt-bearer', 'client-credentials', 'token-exchange'] as const).map((flow) => ({
    name: `an app with ${flow}: who came by it before the days that were read left nothing`,
    restriction: { is: 'blocked-app', app: 'Erp' } as const,
    apps: [{ flows: known(['web-server', flow] as const) }],
    days: 90,
    blind: before,
  })),
  {
    name: 'an app with client credentials: all that Salesforce keeps was read',
    restriction: { is: 'flow-off', app: 'Erp', flow: 'client-credentials' },
    apps: [{ flows: known(['client-credentials']) }],
  },
  {
    name: 'a connected app: a user name and a password leave no token',
    restriction: { is: 'permitted-users', app: 'Erp', users: [] },
    apps: [{ kind: 'connected' }],
    days: 90,
    blind: before,
  },
  {
    name: 'an app without the scope for refresh tokens',
    restriction: { is: 'pkce', app: 'Erp' },
    apps: [{ scopes: known(['Api']) }],
    days: 90,
    blind: before,
  },
  {
    name: 'the secret for refreshing: whoever refreshes has a token',
    restriction: { is: 'secret-required', app: 'Erp', at: 'refresh' },
    apps: [{ kind: 'connected' }],
    days: 90,
  },
  {
    name: 'login ranges: whoever of the profile last came before the days that were read is named',
    restriction: { is: 'login-addresses', profile: 'Sales', ranges },
    facts: users,
    days: 90,
    blind: named,
  },
  {
    name: 'login ranges: who never came, or came years ago, is no client',
    restriction: { is: 'login-addresses', profile: 'Sales', ranges },
    users: [
      { username: 'never@example.com', lastLogin: null },
      { username: 'gone@example.com', lastLogin: now - 500 * day },
      { username: 'off@example.com', lastLogin: now - 100 * day, active: false },
    ],
    days: 90,
  },
  {
    name: 'a permission: its holder last came before the days that were read',
    restriction: { is: 'permission-removed', permission: 'ApiEnabled', users: ['Quarter@example.com'] },
    facts: users,
    days: 90,
    blind: named,
  },
  {
    name: 'passwords end: a quarter’s program comes by a password that nobody saw',
    restriction: { is: 'passwords-expire', profile: null, days: 90 },
    facts: users,
    days: 90,
    blind: [...named, byPassword],
  },
  {
    name: 'passwords end: a robot at the login page can’t choose a new one',
    restriction: { is: 'passwords-expire', profile: null, days: 90 },
    facts: {
      users: known([
        sampleUser({ username: erp, nature: { is: 'machine', why: '' }, passwordChanged: known(now - 400 * day) }),
        sampleUser(),
      ]),
    },
    logins: [{ ...browser }, { ...browser, user: ann }],
    cutOff: [erp],
  },
  {
    name: 'MFA: a robot at the login page is asked as people are',
    restriction: { is: 'mfa', users: null },
    facts: { users: known([sampleUser({ username: erp, nature: { is: 'machine', why: '' }, mfaMethods: known([]) })]) },
    logins: [browser],
    cutOff: [erp],
  },
  {
    name: 'the allowlist: a login of today shows nothing of a token that was used before the days that were read',
    restriction: { is: 'token-addresses', app: 'Erp', ranges },
    tokens: [{ lastUsed: now - 100 * day }, { lastUsed: now - day }],
    logins: [{ last: now - day }],
    days: 90,
    blind: [/no login shows from where their token was last used: erp@example\.com$/],
  },
  {
    name: 'the allowlist: from where a token will be used that never was nothing shows',
    restriction: { is: 'token-addresses', app: 'Erp', ranges },
    tokens: [{ lastUsed: null, created: now - 100 * day }],
    days: 90,
    blind: [/no login shows from where/],
  },
  {
    name: 'token lifetime: a hundred refreshes once a quarter are no use every day',
    restriction: { is: 'token-lifetime', app: 'Erp', idleDays: 30, lifetimeDays: null },
    tokens: [{ created: now - 400 * day, lastUsed: now - day, useCount: 2000 }],
    blind: [/whether their token ever rests for 30 days/],
  },
  {
    name: 'token lifetime: a token that is younger than the limit never rested so long',
    restriction: { is: 'token-lifetime', app: 'Erp', idleDays: 90, lifetimeDays: null },
    tokens: [{ created: now - 60 * day }],
  },
  {
    name: 'API Enabled: a tool may use the API by the session of a browser',
    restriction: { is: 'permission-removed', permission: 'ApiEnabled', users: [ann] },
    users: [{}],
    logins: [{ ...browser, user: ann }],
    blind: [/by the session of their browser/],
  },
  {
    name: 'the user-agent flow of the org: tokens of connected apps may have come by it',
    restriction: { is: 'flow-off', app: null, flow: 'user-agent' },
    apps: [{ kind: 'connected' }],
    tokens: [{}],
    blind: [/how their tokens were made/],
  },
  {
    name: 'sessions end earlier: who has a refresh token gets the next one',
    restriction: { is: 'session-timeout', app: null, profile: null },
    logins: [{}],
  },
  {
    name: 'sessions end earlier: whether a program logs in again nobody sees',
    restriction: { is: 'session-timeout', app: null, profile: null },
    logins: [soap, { ...jwt }],
    blind: [/logs in again/],
  },
  {
    name: 'sessions of one app end earlier',
    restriction: { is: 'session-timeout', app: 'Erp', profile: null },
    apps: [{}, { id: '0xI000000000002', name: 'Crm', label: 'CRM' }],
    logins: [{ ...jwt, application: 'Crm' }],
  },
  {
    name: 'fewer wrong passwords: one half of a program sends an old one',
    restriction: { is: 'lockout', profile: null },
    logins: [soap, { ...soap, address: '198.51.100.7', worked: 0, failed: 400 }],
    possible: [erp],
  },
  {
    name: 'fewer wrong passwords: who never sent one, a person, and who lives on a token',
    restriction: { is: 'lockout', profile: null },
    logins: [{ ...soap, user: ann }, { ...browser, failed: 9 }, { failed: 30 }],
  },
])
