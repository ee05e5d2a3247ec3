/** A fix never opens anything: not by what was seen to come past a range, and not over what somebody narrowed meanwhile. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machine, logins, sampleProfile, sampleUser } from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import type { IpRange } from '../../../src/posture/facts.ts'
import { isWithin } from '../../../src/posture/fix/never-wider.ts'
import { connected, editedBy, external, file, plan, used } from './planned-app.ts'
import { fixNamed, snapshotOf } from './planned.ts'

const range = (from: string, to = from): IpRange => ({ from, to })

test('within: neighbours hold what lies over both, versions do not mix, and no range at all lets everybody in', () => {
  const two = [range('192.0.2.0', '192.0.2.127'), range('192.0.2.128', '192.0.2.255')]
  assert(isWithin([range('192.0.2.100', '192.0.2.200')], two))
  assert(!isWithin([range('192.0.2.100', '192.0.3.0')], two))
  assert(!isWithin([range('::c000:264')], two))
  assert(!isWithin([range('nowhere')], two))
  assert(isWithin([range('192.0.2.1'), range('2001:db8::1')], []))
})

const profileFix = async (...addresses: readonly string[]) => {
  const loginRanges = known([range('10.0.0.0', '10.255.255.255'), range('203.0.113.0', '203.0.113.63')])
  const fix = await fixNamed('profile-ip-ranges-broad')
  return fix.plan(
    [{ subject: 'profile:Erp Integration', text: '', facts: {} }],
    snapshotOf({
      users: known([machine({ username: 'erp@example.com', profileId: '00e000000000002' }), sampleUser()]),
      profiles: known([
        sampleProfile({ id: '00e000000000002', name: 'Erp Integration', fullName: 'Erp Integration', loginRanges }),
      ]),
      ...logins(...addresses.map((address) => ({ user: 'erp@example.com', address }))),
    }),
    {},
  )
}

test('who came past the ranges, by an app that relaxes them, does not get a range of its own', async () => {
  const { fixes } = await profileFix('10.1.2.3', '198.51.100.7')
  const [restriction] = fixes[0]?.restricts ?? []
  assert.deepEqual(restriction?.is === 'login-addresses' && restriction.ranges, [
    range('203.0.113.0', '203.0.113.63'),
    range('10.1.2.3'),
  ])
  const { unfixable } = await profileFix('198.51.100.7')
  assert.match(unfixable[0]?.why ?? '', /None of its logins came from the ranges it has/)
})

test('what somebody narrowed since it was read is not opened again', async () => {
  const profile = (await profileFix('10.1.2.3')).fixes[0]?.change.components[0]
  const narrowed = { loginIpRanges: [{ startAddress: '203.0.113.0', endAddress: '203.0.113.63' }] }
  assert.throws(() => profile?.edit(narrowed), { code: 'ORG_REFUSED', message: /was narrowed since it was read/ })

  const list = await plan({
    app: external({ tokenIpRanges: known([]) }),
    control: 'app-token-ip-allowlist',
    facts: used,
  })
  const [allowlist] = list.fixes[0]?.change.components ?? []
  assert.throws(
    () => allowlist?.edit({ tokenIpRanges: { startIpAddress: '203.0.113.10', endIpAddress: '203.0.113.10' } }),
    { code: 'ORG_REFUSED' },
  )

  for (const [app, body] of [
    [external, { permittedUsersPolicyType: 'AdminApprovedPreAuthorized', commaSeparatedPermissionSet: 'Other' }],
    [connected, { ...file, oauthConfig: { isAdminApproved: 'true' }, permissionSetName: 'Other' }],
  ] as const satisfies readonly (readonly [typeof external, MetadataBody])[]) {
    const { fixes } = await plan({
      app: app({ permittedUsers: known('all'), id: '0xI000000000001' }),
      control: 'app-permitted-users',
      facts: used,
    })
    assert.throws(() => fixes[0]?.change.components[0]?.edit(body), { code: 'ORG_REFUSED' })
  }
})

test('fewer permitted users: of those that are named already, whatever a profile is called in the file', async () => {
  const facts = {
    ...used,
    profiles: known([sampleProfile({ name: 'ERP (integration)', fullName: 'Erp Integration' })]),
    permissionSets: known([]),
  }
  const app = external({
    permittedUsers: known('admin'),
    permittedProfiles: known(['ERP (integration)', 'Sales']),
    permittedPermissionSets: known([]),
    permittedUserCount: known(400),
  })
  for (const name of ['Erp Integration', 'ERP (integration)']) {
    const { after } = await editedBy(
      { app, control: 'app-permitted-narrow', facts },
      {
        'ExtlClntAppOauthConfigurablePolicies Erp_plcy': {
          permittedUsersPolicyType: 'AdminApprovedPreAuthorized',
          commaSeparatedProfile: `Sales, ${name}`,
        },
      },
    )
    assert.equal(after['ExtlClntAppOauthConfigurablePolicies Erp_plcy']?.['commaSeparatedProfile'], 'Erp Integration')
  }
})

test('trusted ranges that free from the second factor are narrowed, and the first one is nobody’s fix', async () => {
  const control = 'app-trusted-ip-ranges'
  const relaxed = { ipRelaxation: known('BYPASS_2FACTOR') }
  const first = await plan({ app: connected({ ...relaxed, trustedIpRanges: known([]) }), control, facts: used })
  assert.match(first.unfixable[0]?.why ?? '', /needs no second factor/)
  const broad = [range('203.0.113.11'), range('10.0.0.0', '10.255.255.255')]
  const ipRanges = [
    { start: '203.0.113.11', end: '203.0.113.11' },
    { start: '10.0.0.0', end: '10.255.255.255' },
  ]
  const { after } = await editedBy(
    { app: connected({ ...relaxed, trustedIpRanges: known(broad) }), control, facts: used },
    { 'ConnectedApp Erp': { ...file, ipRanges } },
  )
  assert.deepEqual(after['ConnectedApp Erp']?.['ipRanges'], [{ end: '203.0.113.11', start: '203.0.113.11' }])
})
