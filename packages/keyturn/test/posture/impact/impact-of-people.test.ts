/** Who would be cut off by what is asked of people, by permissions, and by the rules of the whole org. */
import { known } from '../../../src/posture/fact.ts'
import { hidden } from '../../../src/posture/controls/sample-facts.ts'
import { judgeRows } from './judged-rows.ts'

const ann = 'ann@example.com'
const bob = 'bob@example.com'
const erp = 'erp@example.com'
const browser = { type: 'Application', subType: 'UsernamePasswordUiLogin', application: 'Browser', user: ann }
const soap = { type: 'Other Apex API', subType: null, application: null }

judgeRows([
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
    name: 'MFA: who approves an app passes the login page next time, and comes in by a token until then',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known([]) }, { username: bob, mfaMethods: known(['security-key']) }],
    logins: [
      { user: ann, subType: 'OauthWebServer' },
      { user: ann, subType: 'OauthRefreshToken' },
      { user: bob, subType: 'OauthUserAgent' },
    ],
    possible: [ann],
  },
  {
    name: 'MFA: who is seen at the login page is told once',
    restriction: { is: 'mfa', users: null },
    users: [{ mfaMethods: known([]) }],
    logins: [browser, { user: ann, subType: 'OauthWebServer' }],
    cutOff: [ann],
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
])
