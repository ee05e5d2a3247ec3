/** Who would be cut off by what is asked of an app’s users and clients. */
import { known } from '../../../src/posture/fact.ts'
import { day, hidden, now } from '../../../src/posture/controls/sample-facts.ts'
import { judgeRows } from './judged-rows.ts'

const ann = 'ann@example.com'
const bob = 'bob@example.com'
const erp = 'erp@example.com'
const browser = { type: 'Application', subType: 'UsernamePasswordUiLogin', application: 'Browser', user: ann }
const soap = { type: 'Other Apex API', subType: null, application: null }
const jwt = { type: 'Remote Access 2.0', subType: null }
const permitted = { is: 'permitted-users', app: 'Erp', users: [erp] } as const

judgeRows([
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
    name: 'flow off: not the one the grant of the account itself uses, whatever else its user does',
    restriction: { is: 'flow-off', app: 'Keyturn', flow: 'client-credentials' },
    apps: [{ name: 'Keyturn', label: 'Keyturn' }],
    logins: [{ user: 'admin@example.com', application: 'Keyturn', subType: 'OauthClientCredentials' }],
    self: { flow: 'refresh' },
    cutOff: ['admin@example.com'],
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
    blind: [/whether their token ever rests for 30 days between two uses.*: erp@example\.com$/],
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
])
