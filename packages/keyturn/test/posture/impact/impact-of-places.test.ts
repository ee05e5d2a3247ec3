/** Who would be cut off by where logins come from, and when: ranges of profiles, of apps, of tokens, and hours. */
import { known } from '../../../src/posture/fact.ts'
import { day, hidden, now } from '../../../src/posture/controls/sample-facts.ts'
import { judgeRows } from './judged-rows.ts'

const ann = 'ann@example.com'
const bob = 'bob@example.com'
const erp = 'erp@example.com'
const ranges = [{ from: '203.0.113.10', to: '203.0.113.20' }]
const v6 = [{ from: '2001:db8::', to: '2001:db8::ffff' }]
const refreshed = { subType: 'OauthRefreshToken' }
const soap = { type: 'Other Apex API', subType: null, application: null }
const jwt = { type: 'Remote Access 2.0', subType: null }
const weekdays = (from: number, to: number) =>
  Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((name) => [name, [from, to] as const]),
  )

const ofProfile = { is: 'login-addresses', profile: 'Erp Integration', ranges } as const
const erpHours = { is: 'login-hours', profile: 'Erp Integration', hours: weekdays(480, 1080) } as const
const bypass = { ipRelaxation: known('BYPASS') }

judgeRows([
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
  ...(
    [
      ['BYPASS', 'refresh', false],
      ['ENFORCE_RELAXREFRESH', 'refresh', false],
      ['ENFORCE_RELAXREFRESH', 'client-credentials', true],
      // An assertion keeps to the ranges whatever the app says.
      ['BYPASS', 'jwt-bearer', true],
    ] as const
  ).map(([relaxation, flow, locksOutSelf]) => ({
    name: `login addresses: the account itself by ${flow}, through an app with ${relaxation}`,
    restriction: { ...ofProfile, profile: null },
    apps: [{}, { name: 'Keyturn', id: '0xI000000000009', label: 'Keyturn', ipRelaxation: known(relaxation) }],
    self: { address: '198.51.100.9', flow },
    locksOutSelf,
  })),
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
    name: 'login hours: a time zone that nobody knows is none',
    restriction: erpHours,
    logins: [{ ...soap, last: now - 2 * day }],
    timeZone: '=cmd|x',
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
])
