/** Fixes of apps, control by control: what they change in the files of both kinds of app, and what they leave to whom. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { elementsOf } from '../../../src/org/metadata-component.ts'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import {
  absent,
  day,
  inventory,
  logins,
  now,
  sampleApp,
  sampleLogin,
} from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { AppFact, Facts } from '../../../src/posture/facts.ts'
import { connected, editedBy, external, file, oauthConfig, oauthPolicy, parts, plan, used } from './planned-app.ts'
import { fixNamed, snapshotOf } from './planned.ts'

/** Of both kinds the switch, where each has it. */
const switches: readonly (readonly [
  control: string,
  connected: readonly string[],
  external: readonly [string, string],
  value: string,
  restricts: string,
])[] = [
  [
    'app-pkce-required',
    ['oauthConfig', 'isPkceRequired'],
    ['ExtlClntAppGlobalOauthSettings Erp_glbl', 'isPkceRequired'],
    'true',
    'pkce',
  ],
  [
    'app-device-flow',
    ['oauthConfig', 'isDeviceFlowEnabled'],
    ['ExtlClntAppGlobalOauthSettings Erp_glbl', 'isDeviceFlowEnabled'],
    'false',
    'flow-off',
  ],
  [
    'app-client-credentials-off',
    ['oauthConfig', 'isClientCredentialEnabled'],
    ['ExtlClntAppGlobalOauthSettings Erp_glbl', 'isClientCredentialsFlowEnabled'],
    'false',
    'flow-off',
  ],
  [
    'app-secret-web-server',
    ['oauthConfig', 'isConsumerSecretOptional'],
    ['ExtlClntAppGlobalOauthSettings Erp_glbl', 'isConsumerSecretOptional'],
    'false',
    'secret-required',
  ],
  [
    'app-secret-refresh',
    ['oauthConfig', 'isSecretRequiredForRefreshToken'],
    ['ExtlClntAppGlobalOauthSettings Erp_glbl', 'isSecretRequiredForRefreshToken'],
    'true',
    'secret-required',
  ],
  [
    'app-introspection',
    ['oauthConfig', 'isIntrospectAllTokens'],
    ['ExtlClntAppGlobalOauthSettings Erp_glbl', 'isIntrospectAllTokens'],
    'false',
    'nothing',
  ],
  [
    'app-unused',
    ['sessionPolicy', 'policyAction'],
    ['ExtlClntAppConfigurablePolicies Erp_app', 'isEnabled'],
    '',
    'blocked-app',
  ],
]

for (const [control, path, [component, element], value, kind] of switches)
  test(`${control}: one switch, in the file that has it, and everything else as it was`, async () => {
    const one = await editedBy({ app: connected(), control }, { 'ConnectedApp Erp': file })
    const [first = '', second = ''] = path
    const body = one.after['ConnectedApp Erp'] ?? {}
    const group = body[first] as MetadataBody
    assert.equal(group[second], value === '' ? 'Block' : value)
    assert.deepEqual(
      { ...body, [first]: file[first as 'oauthConfig'] },
      { ...file, [first]: file[first as 'oauthConfig'] },
    )
    const other = await editedBy(
      { app: external(), control },
      { [component]: { label: 'x', externalClientApplication: 'Erp' } },
    )
    assert.deepEqual(other.after, {
      [component]: { label: 'x', externalClientApplication: 'Erp', [element]: value === '' ? 'false' : value },
    })
    for (const { restricts } of [one, other])
      assert.deepEqual(
        restricts.map((each) => each.is),
        [kind],
      )
  })

test('what belongs to the owner of an app from elsewhere is the owner’s to change; policies are this org’s', async () => {
  for (const app of [external({ origin: known('packaged') }), connected({ origin: known('installed'), files: null })]) {
    const { fixes, unfixable } = await plan({ app, control: 'app-pkce-required' })
    assert.deepEqual(fixes, [])
    assert.match(unfixable[0]?.why ?? '', /only its owner can change this/)
  }
  const packaged = await editedBy(
    { app: connected({ origin: known('packaged') }), control: 'app-ip-relaxation' },
    { 'ConnectedApp Erp': file },
  )
  assert.equal(elementsOf(packaged.after['ConnectedApp Erp']?.['oauthPolicy'])['ipRelaxation'], 'ENFORCE')
  const installed = await plan({
    app: connected({ origin: known('installed'), files: null }),
    control: 'app-ip-relaxation',
  })
  assert.match(installed.unfixable[0]?.why ?? '', /Setup, Manage Connected Apps/)
})

test('an app that is gone, that has a twin, or of which nobody knows whose it is: a sentence each', async () => {
  const fix = await fixNamed('app-pkce-required')
  const found = [{ subject: 'eca:Erp', text: '', facts: {} }]
  const why = (...apps: readonly AppFact[]) =>
    fix.plan(found, snapshotOf({ apps: known(apps) }), {}).unfixable[0]?.why ?? ''
  assert.match(why(), /not among those that were read/)
  assert.match(why(external(), external({ id: '0xI2' })), /2 apps have this name/)
  assert.match(why(external({ origin: absent })), /Whose the app is was not read/)
  const { files: _unread, ...older } = external()
  assert.match(why(older), /audit again/)
  assert.match(why(external({ files: { app: 'Erp', parts: {} } })), /No file of the app/)
})

test('what was there and is gone when the fix is applied is not made anew', async () => {
  const { fixes } = await plan({ app: external(), control: 'app-pkce-required' })
  assert.throws(() => fixes[0]?.change.components[0]?.edit(null), { code: 'ORG_REFUSED' })
})

test('refresh tokens: the shorter of what is there and what is asked, and a date stays a date', async () => {
  const control = 'app-refresh-lifetime'
  const edited = async (policy: string, days: number): Promise<unknown> => {
    const app = connected({
      refreshTokenPolicy: known({ declared: policy, effective: policy, idleDays: null, lifetimeDays: null }),
    })
    const { after } = await editedBy(
      { app, control, parameters: { days } },
      { 'ConnectedApp Erp': { ...file, oauthPolicy: { ...oauthPolicy, refreshTokenPolicy: policy } } },
    )
    return elementsOf(after['ConnectedApp Erp']?.['oauthPolicy'])['refreshTokenPolicy']
  }
  assert.equal(await edited('infinite', 90), 'specific_inactivity:90:DAYS')
  assert.equal(await edited('specific_inactivity:12:MONTHS', 90), 'specific_inactivity:90:DAYS')
  assert.equal(await edited('specific_inactivity:30:DAYS', 90), 'specific_inactivity:30:DAYS')
  assert.equal(await edited('specific_lifetime:24:MONTHS', 90), 'specific_lifetime:90:DAYS')
  assert.equal(await edited('specific_lifetime:3:HOURS', 90), 'specific_lifetime:3:HOURS')
  assert.equal(await edited('zero', 90), 'zero')
  const { after, restricts } = await editedBy(
    { app: external(), control, parameters: { days: 90 } },
    { 'ExtlClntAppOauthConfigurablePolicies Erp_plcy': { refreshTokenPolicyType: 'Infinite' } },
  )
  assert.deepEqual(after['ExtlClntAppOauthConfigurablePolicies Erp_plcy'], {
    refreshTokenPolicyType: 'SpecificInactivity',
    refreshTokenValidityPeriod: '90',
    refreshTokenValidityUnit: 'Days',
  })
  assert.deepEqual(restricts, [{ is: 'token-lifetime', app: 'eca:Erp', idleDays: 90, lifetimeDays: null }])
})

test('idle time: the switch where the mandate names it, and that is its owner’s', async () => {
  const planned = { app: connected(), control: 'app-idle-ttl', parameters: { days: 30, switch: true } }
  const { after } = await editedBy(planned, { 'ConnectedApp Erp': file })
  assert.equal(elementsOf(after['ConnectedApp Erp']?.['oauthConfig'])['isEnforceRefreshTokenTTL'], 'true')
  const packaged = await plan({ ...planned, app: connected({ origin: known('packaged') }) })
  assert.match(packaged.unfixable[0]?.why ?? '', /its owner’s/)
})

test('minutes of tokens: shorter, and what somebody made shorter still meanwhile stays', async () => {
  const app = connected({ name: 'Salesforce_CLI', label: 'Salesforce CLI', sessionTimeoutMinutes: known(120) })
  const planned = { app, control: 'app-cli-expiry', parameters: { refreshDays: 90, accessMinutes: 15 } }
  for (const [is, becomes] of [
    ['120', '15'],
    ['10', '10'],
  ] as const) {
    const { after } = await editedBy(planned, {
      'ConnectedApp Erp': { ...file, sessionPolicy: { sessionTimeout: is } },
    })
    assert.deepEqual(after['ConnectedApp Erp']?.['sessionPolicy'], { sessionTimeout: becomes })
  }
  const idToken = known({ minutes: 60, audiences: ['https://a.example'] })
  const config = { ...oauthConfig, idTokenConfig: { idTokenValidity: '60', idTokenAudience: 'https://a.example' } }
  const of = { app: connected({ idToken }), control: 'app-id-token' }
  const { after } = await editedBy(of, { 'ConnectedApp Erp': { ...file, oauthConfig: config } })
  assert.deepEqual(elementsOf(after['ConnectedApp Erp']?.['oauthConfig'])['idTokenConfig'], {
    idTokenValidity: '2',
    idTokenAudience: 'https://a.example',
  })
})

test('permitted users: the permission set that today’s users have and nobody else', async () => {
  const app = connected({ permittedUsers: known('all'), id: '0xI000000000001' })
  const planned = { app, control: 'app-permitted-users', facts: used }
  const { after, restricts, titles } = await editedBy(planned, { 'ConnectedApp Erp': file })
  const body = after['ConnectedApp Erp'] ?? {}
  assert.deepEqual(
    [(body['oauthConfig'] as MetadataBody)['isAdminApproved'], body['permissionSetName'], body['profileName']],
    ['true', ['Erp_Access'], undefined],
  )
  assert.deepEqual(restricts, [{ is: 'permitted-users', app: 'app:Erp', users: ['erp@example.com'] }])
  assert.match(titles[0] ?? '', /permission set Erp_Access only, which those who use it have/)
  const more = {
    ...used,
    tokens: known(
      inventory({
        tokens: [
          ...inventory().tokens,
          {
            app: 'Erp',
            appId: '0xI000000000001',
            user: 'ann@example.com',
            created: now - day,
            lastUsed: null,
            useCount: 0,
          },
        ],
      }),
    ),
  }
  const two = await editedBy(
    { app: external({ permittedUsers: known('all') }), control: 'app-permitted-users', facts: more },
    { 'ExtlClntAppOauthConfigurablePolicies Erp_plcy': { permittedUsersPolicyType: 'AllSelfAuthorized' } },
  )
  assert.deepEqual(two.after['ExtlClntAppOauthConfigurablePolicies Erp_plcy'], {
    permittedUsersPolicyType: 'AdminApprovedPreAuthorized',
    commaSeparatedPermissionSet: 'Erp_Users',
  })
})

test('permitted users: a permission set of the app’s own is made and assigned to those who use it, once', async () => {
  const more = { ...used, permissionSets: known([]) }
  const app = external({ permittedUsers: known('all') })
  const { fixes } = await plan({ app, control: 'app-permitted-users', facts: more })
  const [made] = fixes[0]?.change.components ?? []
  assert.deepEqual([made?.type, made?.fullName], ['PermissionSet', 'Erp_Users'])
  assert.deepEqual(made?.edit(null), { hasActivationRequired: 'false', label: 'ERP users' })
  assert.deepEqual(made?.edit({ label: 'there' }), { label: 'there' })
  assert.deepEqual(fixes[0]?.change.records, [
    {
      is: 'create',
      object: 'PermissionSetAssignment',
      name: 'permission set Erp_Users for erp@example.com',
      fields: { AssigneeId: '005000000000002' },
      named: { PermissionSetId: { object: 'PermissionSet', name: 'Erp_Users' } },
    },
  ])
  assert.equal(fixes[0].untold?.length, 1)
  const taken = { id: '0PS2', name: 'ERP_users', label: '', custom: true, assigned: known(9), permissions: known([]) }
  const there = await plan({ app, control: 'app-permitted-users', facts: { ...used, permissionSets: known([taken]) } })
  assert.match(there.unfixable[0]?.why ?? '', /There is a permission set Erp_Users already/)
})

test('permitted users: nobody is named where nobody is seen, or where who uses it is not known', async () => {
  const why = async (app: AppFact, facts: Partial<Facts>): Promise<string> =>
    (await plan({ app, control: 'app-permitted-users', facts })).unfixable[0]?.why ?? ''
  const all = external({ permittedUsers: known('all') })
  assert.match(
    await why(all, { ...used, tokens: known(inventory({ tokens: [] })), ...logins() }),
    /Nobody was seen using it/,
  )
  assert.match(await why(all, { ...used, tokens: absent }), /Who uses the app is not known/)
  assert.match(
    await why(all, { ...used, tokens: known(inventory({ complete: false, why: 'half' })) }),
    /not known: half/,
  )
  assert.match(await why(all, { ...used, users: absent }), /Who has which permission set is not known/)
})

test('scopes: what is left must be enough, and api takes the place of full only where machines alone use it', async () => {
  const control = 'app-scope-full'
  const scopes = (all: readonly string[], kind = external): AppFact => kind({ scopes: known(all) })
  const bodies = {
    'ConnectedApp Erp': file,
    'ExtlClntAppOauthSettings Erp_oauth': { commaSeparatedOauthScopes: 'Full, RefreshToken' },
  }
  const one = await editedBy({ app: scopes(['Api', 'Full', 'RefreshToken'], connected), control }, bodies)
  assert.deepEqual(elementsOf(one.after['ConnectedApp Erp']?.['oauthConfig'])['scopes'], ['Api', 'RefreshToken'])
  const two = await editedBy({ app: scopes(['Full', 'RefreshToken']), control, facts: used }, bodies)
  assert.deepEqual(two.after['ExtlClntAppOauthSettings Erp_oauth'], { commaSeparatedOauthScopes: 'RefreshToken, Api' })
  assert.deepEqual(two.restricts, [{ is: 'scopes', app: 'eca:Erp', removed: ['Full'] }])
  const people = { ...used, ...logins({ user: 'ann@example.com', application: 'Erp' }) }
  const three = await plan({ app: scopes(['Full', 'RefreshToken']), control, facts: people })
  assert.match(three.unfixable[0]?.why ?? '', /a person uses it/)
})

test('callbacks: those that lead to the own computer go, and where no other is left nobody is locked out', async () => {
  const control = 'app-callbacks-local'
  const app = (...all: readonly string[]): AppFact => external({ callbacks: known(all) })
  const bodies = {
    'ExtlClntAppGlobalOauthSettings Erp_glbl': { callbackUrl: 'http://localhost:1717/x\nhttps://erp.example.com/cb' },
  }
  const { after, restricts } = await editedBy(
    { app: app('http://localhost:1717/x', 'https://erp.example.com/cb'), control },
    bodies,
  )
  assert.deepEqual(after['ExtlClntAppGlobalOauthSettings Erp_glbl'], { callbackUrl: 'https://erp.example.com/cb' })
  assert.deepEqual(restricts, [{ is: 'callbacks', app: 'eca:Erp', removed: ['http://localhost:1717/x'] }])
  const only = await plan({ app: app('http://localhost:1717/x'), control })
  assert.match(only.unfixable[0]?.why ?? '', /no other callback/)
})

test('the allowlist of refresh tokens: neighbours that were seen as one range, in a file that may be new', async () => {
  const { security: _none, ...fewer } = parts
  const app = external({ tokenIpRanges: known([]), files: { app: 'Erp', parts: fewer } })
  const { after, restricts } = await editedBy({ app, control: 'app-token-ip-allowlist', facts: used }, {})
  assert.deepEqual(after['ExtlClntAppOauthSecuritySettings Erp_oauthSecurity'], {
    label: 'Erp_oauthSecurity',
    externalClientApplication: 'Erp',
    tokenIpRanges: [{ endIpAddress: '203.0.113.11', startIpAddress: '203.0.113.10' }],
  })
  assert.deepEqual(restricts, [
    { is: 'token-addresses', app: 'eca:Erp', ranges: [{ from: '203.0.113.10', to: '203.0.113.11' }] },
  ])
  const why = async (facts: Partial<Facts>, changes: Partial<AppFact> = {}): Promise<string> =>
    (await plan({ app: external({ ...changes }), control: 'app-token-ip-allowlist', facts })).unfixable[0]?.why ?? ''
  assert.match(
    await why({ ...used, ...logins({ application: 'Erp', address: '203.0.113.0/24' }) }),
    /too many to keep every address/,
  )
  assert.match(await why({ ...used, ...logins() }), /No login of it was seen/)
  assert.match(await why(used, { callbacks: known(['http://localhost/']) }), /people’s own devices/)
  const many = Array.from({ length: 200 }, (_, n) => sampleLogin({ application: 'Erp', address: `10.0.${n}.1` }))
  assert.match(await why({ ...used, ...logins(...many) }, { tokenIpRanges: known([]) }), /200 addresses/)
  assert.match(
    (await plan({ app: connected(), control: 'app-token-ip-allowlist', facts: used })).unfixable[0]?.why ?? '',
    /No metadata of connected apps/,
  )
})

test('client credentials go off by the app and, where they are on there too, by the org’s policies', async () => {
  const bodies = {
    'ExtlClntAppGlobalOauthSettings Erp_glbl': { isClientCredentialsFlowEnabled: 'true' },
    'ExtlClntAppOauthConfigurablePolicies Erp_plcy': { isClientCredentialsFlowEnabled: 'true' },
  }
  const app = external({ clientCredentialsByPolicy: known(true) })
  const { after } = await editedBy({ app, control: 'app-client-credentials-off' }, bodies)
  assert.deepEqual(after, {
    'ExtlClntAppGlobalOauthSettings Erp_glbl': { isClientCredentialsFlowEnabled: 'false' },
    'ExtlClntAppOauthConfigurablePolicies Erp_plcy': { isClientCredentialsFlowEnabled: 'false' },
  })
})

test('what opens something, or needs the client, is no fix', async () => {
  for (const [control, app, words] of [
    ['app-access-token-format', external(), /is a decision/],
    ['app-token-exchange-secret', external({ secretRequiredForTokenExchange: known(true) }), /opens nothing/],
    ['app-secret-refresh', external({ callbacks: known(['http://localhost/']) }), /can’t keep a secret/],
    ['app-id-token', external({ idToken: known({ minutes: 60, audiences: [] }) }), /only the app’s owner knows/],
    ['app-certificate-expiry', external(), /keyturn rotate/],
    ['app-client-credentials-user', external(), /keyturn provision integration-user/],
  ] as const) {
    const { fixes, unfixable } = await plan({ app, control, parameters: { format: 'jwt' } })
    assert.deepEqual(fixes, [], control)
    assert.match(unfixable[0]?.why ?? '', words, control)
  }
})

test('an app that is not installed is blocked by a person, and everybody who uses it is named', async () => {
  const app = sampleApp({ kind: 'connected', name: 'Zap', label: 'Zap', id: null, origin: known('uninstalled') })
  const { fixes } = await plan({ app, control: 'app-uninstalled-tokens' })
  assert.deepEqual(fixes[0]?.change.components, [])
  assert.match(fixes[0]?.change.clicks.join() ?? '', /Connected Apps OAuth Usage, Zap: Block/)
  assert.deepEqual(fixes[0]?.restricts, [{ is: 'blocked-app', app: 'uninstalled:Zap' }])
})

test('rotation is switched on by the command that asks whether the clients survive it, never by a fix', async () => {
  const { fixes, unfixable } = await plan({
    app: external({ rotation: known(false) }),
    control: 'app-rotation-enabled',
  })
  assert.deepEqual(fixes, [])
  assert.match(unfixable[0]?.why ?? '', /`keyturn rtr enable NAME APP`/)
})

test('ranges made of what was seen name every address, and are never safe without somebody who looked at them', async () => {
  const app = external({ tokenIpRanges: known([]) })
  const { fixes } = await plan({ app, control: 'app-token-ip-allowlist', facts: used })
  assert.match(fixes[0]?.change.title ?? '', /203\.0\.113\.10/)
  assert.match(fixes[0]?.untold?.join() ?? '', /intruder/)
})

test('sessions of an app that end earlier concern programs that hold one without a refresh token', async () => {
  const app = external({ sessionTimeoutMinutes: known(120) })
  const { fixes } = await plan({ app, control: 'app-cli-expiry', facts: used })
  assert.deepEqual(fixes[0]?.restricts, [{ is: 'session-timeout', app: 'eca:Erp', profile: null }])
})
