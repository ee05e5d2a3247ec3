/** What the forms of controls share: addresses, callbacks, ways of logging in, subjects, and who can change what. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isBroad, sizeOf, sizeOfAll } from '../../src/posture/controls/addresses.ts'
import { appSubject } from '../../src/posture/controls/app-control.ts'
import { control as notAdmin } from '../../src/posture/controls/machine-not-admin/control.ts'
import { control as permittedUsers } from '../../src/posture/controls/app-permitted-users/control.ts'
import { control as pkce } from '../../src/posture/controls/app-pkce-required/control.ts'
import { callbackKind, isPublicClient } from '../../src/posture/controls/callbacks.ts'
import { isRisky } from '../../src/posture/controls/high-risk-changes/control.ts'
import { control as inactive } from '../../src/posture/controls/token-inactive-users/control.ts'
import { loginWay } from '../../src/posture/login-way.ts'
import {
  applist,
  day,
  hidden,
  inventory,
  logins,
  now,
  sampleApp,
  sampleUser,
  userlist,
} from '../../src/posture/controls/sample-facts.ts'
import { known } from '../../src/posture/fact.ts'
import type { AppFact, Facts, Origin, UserFact } from '../../src/posture/facts.ts'
import { noFacts } from '../../src/posture/no-facts.ts'

const seen = {
  takenAt: now,
  org: { id: '00D000000000001', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.example.com' },
}

test('callbacks are what they are, not what they look like', () => {
  for (const [callback, kind] of [
    ['http://localhost:1717/OauthRedirect', 'local'],
    ['https://LocalHost/', 'local'],
    ['http://127.0.0.53/', 'local'],
    ['http://2130706433/', 'local'],
    ['http://0x7f.1/', 'local'],
    ['http://[::1]:3000/', 'local'],
    ['http://[::ffff:127.0.0.1]/', 'local'],
    ['http://app.localhost/', 'local'],
    ['https://localhost.evil.example/', 'web'],
    ['https://127.0.0.1.evil.example/', 'web'],
    ['https://user:pass@localhost/', 'local'],
    ['https://localhost@evil.example/', 'web'],
    ['https://login.salesforce.com/services/oauth2/success', 'salesforce'],
    ['https://acme.my.salesforce.com/cb', 'salesforce'],
    ['https://salesforce.com.evil.example/cb', 'web'],
    ['https://evilsalesforce.com/cb', 'web'],
    ['http://erp.example.com/cb', 'plain-http'],
    ['https://*.example.com/cb', 'wildcard'],
    ['com.acme.app:/oauth', 'native'],
    ['sfdc://success', 'native'],
    ['<script>alert(1)</script>', 'odd'],
    ['', 'odd'],
  ] as const) {
    assert.equal(callbackKind(callback), kind, callback)
  }
  assert.equal(isPublicClient(['acme://done', 'http://localhost/']), true)
  assert.equal(isPublicClient(['acme://done', 'https://erp.example.com/']), false)
  assert.equal(isPublicClient([]), false)
})

test('ranges are counted exactly, in both versions', () => {
  for (const [from, to, size] of [
    ['203.0.113.0', '203.0.113.255', 256n],
    ['203.0.113.7', '203.0.113.7', 1n],
    ['0.0.0.0', '255.255.255.255', 2n ** 32n],
    ['2001:db8::', '2001:db8::ff', 256n],
    ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 2n ** 128n],
    ['::ffff:203.0.113.0', '::ffff:203.0.113.3', 4n],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1:0', 65536n],
    ['203.0.113.9', '203.0.113.1', null],
    ['203.0.113.1', '2001:db8::1', null],
    ['203.0.113', '203.0.114', null],
    ['', '', null],
  ] as const) {
    assert.equal(sizeOf({ from, to }), size, `${from}-${to}`)
  }
  assert.equal(sizeOfAll([]), 0n)
  assert.equal(sizeOfAll([{ from: 'a', to: 'b' }]), null)
  assert.equal(isBroad({ from: '10.0.0.0', to: '10.255.255.255' }), true)
  assert.equal(isBroad({ from: '172.16.0.0', to: '172.31.255.255' }), false)
})

test('ways of logging in are known by label and by value', () => {
  for (const [type, subType, way] of [
    ['Other Apex API', null, 'soap'],
    ['OtherApi', null, 'soap'],
    ['Partner Product', null, 'soap'],
    ['Remote Access 2.0', 'OauthUsernamePassword', 'oauth-password'],
    ['Remote Access 2.0', 'OAuth Username-Password', 'oauth-password'],
    ['Remote Access 2.0', 'OauthRefreshToken', 'oauth'],
    ['Remote Access Client', null, 'oauth'],
    ['Application', 'UsernamePasswordUiLogin', 'person'],
    ['SAML Sfdc Initiated SSO', null, 'sso'],
    ['Third Party SSO', null, 'sso'],
    ['something new', null, 'other'],
  ] as const) {
    assert.equal(loginWay({ type, subType }), way, `${type} ${String(subType)}`)
  }
})

test('an uninstalled app cannot pass for an installed one by its name', () => {
  const subject = (changes: Partial<AppFact>): string => appSubject(sampleApp(changes))
  const all = [{}, { kind: 'connected' }, { origin: known('uninstalled' as const) }] as const
  assert.equal(new Set(all.map(subject)).size, 3)
})

test('a finding about an app of somebody else says who can change it', () => {
  const textOf = (control: typeof pkce, origin: Origin, wrong: Partial<AppFact>): string =>
    control.judge({ ...noFacts, ...applist({ ...wrong, origin: known(origin) }) }, {}, seen).evidence[0]?.text ?? ''
  for (const origin of ['packaged', 'installed'] as const) {
    assert.match(textOf(pkce, origin, { pkceRequired: known(false) }), /only its owner can change this/)
    assert.match(textOf(permittedUsers, origin, { permittedUsers: known('all') }), /this org’s to set/)
  }
  assert.doesNotMatch(textOf(pkce, 'local', { pkceRequired: known(false) }), /owner/)
})

test('a fail also tells what could not be judged besides', () => {
  const { verdict, evidence, undecided } = pkce.judge(
    { ...noFacts, ...applist({ pkceRequired: known(false) }, { name: 'Crm', pkceRequired: hidden }) },
    {},
    seen,
  )
  assert.equal(verdict, 'fail')
  assert.deepEqual(
    [evidence.map(({ subject }) => subject), undecided?.map(({ subject }) => subject)],
    [['eca:Erp'], ['eca:Crm']],
  )
})

test('an unknown names the permission that is missing', () => {
  const { evidence } = pkce.judge({ ...noFacts, apps: hidden }, {}, seen)
  assert.match(evidence[0]?.text ?? '', /Customize Application/)
})

test('actions of the trail that change what protects the org are known, whatever their letters', () => {
  for (const action of [
    'insertApplication',
    'insertConnectedApplication',
    'changeApplicationPkceRequired',
    'changeIpRelaxationPolicy',
    'PermSetEnableUserPerm',
    'PermSetAssign',
    'PermSetGroupAssign',
    'loginIpRange',
    'deletedLoginIpRange_withProfile',
    'deleteIpWhiteList',
    'generateOauthStagedCredential',
    'mFADirectUILoginOptInOnOff',
    'SetupEntityAccessAudit_Profile_ConnectedApplication_EnabledCustom',
    'namedCredentialInsert',
    'passwordlockoutForProfile',
  ]) {
    assert.equal(isRisky(action), true, action)
  }
  for (const action of ['createduser', 'PermSetUnassign', 'suOrgAdminLogin', 'export', 'changedpassword', '']) {
    assert.equal(isRisky(action), false, action)
  }
})

const admin = (nature: UserFact['nature']) => userlist(sampleUser({ systemAdministrator: true, nature }))
const asMachine = (facts: Partial<Facts>) => notAdmin.judge({ ...noFacts, ...facts }, {}, seen)
const noToken = { tokens: known(inventory({ tokens: [] })) }

test('an account that a person and programs share is looked at as a machine, and blamed for nothing', () => {
  const shared = {
    is: 'person',
    why: '3 logins to the user interface, and 4000 by programs',
    programLogins: 4000,
  } as const
  const uses = logins({ user: 'ann@example.com' })
  const judged = asMachine({ ...admin(shared), ...uses, ...noToken })
  assert.deepEqual([judged.verdict, judged.evidence[0]?.subject], ['unknown', 'user:ann@example.com'])
  assert.match(judged.evidence[0]?.text ?? '', /4000 by programs/)
  assert.equal(asMachine({ ...admin({ is: 'person', why: '' }), ...uses, ...noToken }).verdict, 'not-applicable')
})

test('a user by whom nobody came in runs no integration: only logins and all tokens together can say so', () => {
  const asleep = admin({ is: 'unknown', why: 'it did not log in' })
  const token = (lastUsed: number) => ({
    tokens: known(
      inventory({
        tokens: [{ app: 'Erp', appId: null, user: 'ann@example.com', created: now - 200 * day, lastUsed, useCount: 1 }],
      }),
    ),
  })
  const verdict = (facts: Partial<Facts>) => asMachine({ ...asleep, ...facts }).verdict
  assert.equal(verdict({ ...logins(), ...noToken }), 'not-applicable')
  assert.equal(verdict({ ...logins(), ...token(now - 40 * day) }), 'not-applicable')
  assert.equal(verdict({ ...logins(), ...token(now - day) }), 'unknown', 'a refresh leaves no login')
  assert.equal(verdict({ ...logins({ user: 'ann@example.com', worked: 1 }), ...noToken }), 'unknown')
  assert.equal(verdict({ ...noToken }), 'unknown', 'logins were not read')
  assert.equal(verdict({ ...logins() }), 'unknown', 'tokens were not read')
  const part = { tokens: known(inventory({ complete: false, tokens: [] })) }
  assert.equal(verdict({ ...logins(), ...part }), 'unknown', 'not all tokens were read')
})

test('tokens of who left are a finding, and who may be frozen besides is told with it', () => {
  const [token] = inventory().tokens
  const tokens = known(inventory({ tokens: token === undefined ? [] : [token, { ...token, user: 'bob@example.com' }] }))
  const users = userlist(
    sampleUser({ username: 'erp@example.com', active: false }),
    sampleUser({ username: 'bob@example.com', frozen: hidden }),
  )
  const { verdict, evidence, undecided } = inactive.judge({ ...noFacts, ...users, tokens }, {}, seen)
  assert.deepEqual([verdict, evidence.map(({ subject }) => subject)], ['fail', ['user:erp@example.com']])
  assert.match(undecided?.[0]?.text ?? '', /1 holder of tokens/)
})
