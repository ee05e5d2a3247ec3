/** Fixes of users, profiles and permission sets: where a permission comes from, who else would lose it, and who is left to a person. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import { sameValue } from '../../../src/posture/change/same-body.ts'
import {
  absent,
  logins,
  machine,
  sampleLogin,
  sampleProfile,
  sampleUser,
} from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { Facts, PermissionSetFact, ProfileFact, UserFact } from '../../../src/posture/facts.ts'
import { fixNamed, snapshotOf } from './planned.ts'

const permission = 'BypassMFAForUiLogins'
const control = 'user-mfa-bypass'

const set = (name: string, changes: Partial<PermissionSetFact> = {}): PermissionSetFact => ({
  id: `0PS${name}`,
  name,
  label: name,
  custom: true,
  assigned: known(1),
  permissions: known([permission]),
  ...changes,
})

const holder = (username: string, ...sets: readonly string[]): UserFact =>
  sampleUser({ id: username, username, permissions: known([permission]), permissionSets: known(sets) })

const sales: ProfileFact = sampleProfile({ id: '00e000000000001', name: 'Sales', fullName: 'Sales' })

interface Company {
  readonly users: readonly UserFact[]
  readonly sets?: readonly PermissionSetFact[]
  readonly profiles?: readonly ProfileFact[]
  readonly facts?: Partial<Facts>
}

const factsOf = ({ users, sets = [], profiles = [sales], facts = {} }: Company): Partial<Facts> => ({
  users: known(users),
  permissionSets: known(sets),
  profiles: known(profiles),
  ...facts,
})

const planFor = async (id: string, company: Company, ...found: readonly string[]) =>
  (await fixNamed(id)).plan(
    found.map((user) => ({ subject: user.includes(':') ? user : `user:${user}`, text: '', facts: {} })),
    snapshotOf(factsOf(company)),
    {},
  )

const body = (...names: readonly string[]): MetadataBody => ({
  label: 'x',
  userPermissions: names.map((name) => ({ enabled: 'true', name })),
})

test('a permission set all of whose holders are findings loses the permission, once for all of them', async () => {
  const company = { users: [holder('ann', 'Exempt'), holder('bob', 'Exempt')], sets: [set('Exempt')] }
  const { fixes, unfixable } = await planFor(control, company, 'ann', 'bob')
  assert.deepEqual(unfixable, [])
  assert.equal(fixes.length, 1)
  assert.deepEqual(fixes[0]?.subjects, ['user:ann', 'user:bob'])
  assert.deepEqual(fixes[0].restricts, [{ is: 'permission-removed', permission, users: ['ann', 'bob'] }])
  const [edit] = fixes[0].change.components
  assert.deepEqual([edit?.type, edit?.fullName], ['PermissionSet', 'Exempt'])
  const after = edit?.edit(body('ApiEnabled', permission))
  assert.deepEqual(after, body('ApiEnabled'))
  assert.deepEqual(edit?.edit(after ?? null), after, 'edited twice nothing changes more')
  assert.deepEqual(edit?.edit(body(permission)), { label: 'x' })
})

test('a profile says no, for what its file does not mention stays; and is read back without the entry', async () => {
  const profiles = [{ ...sales, permissions: known([permission]) }]
  const { fixes } = await planFor(control, { users: [holder('ann')], profiles }, 'ann')
  const [edit] = fixes[0]?.change.components ?? []
  assert.deepEqual([edit?.type, edit?.fullName], ['Profile', 'Sales'])
  const after = edit?.edit(body('ApiEnabled', permission)) ?? {}
  assert.deepEqual(after['userPermissions'], [
    { enabled: 'true', name: 'ApiEnabled' },
    { enabled: 'false', name: permission },
  ])
  assert.deepEqual(edit?.edit(after), after)
  assert(sameValue(after, body('ApiEnabled')), 'what the org reads back is the same')
})

test('who has a reason on record keeps it: what gives it to them is left to a person', async () => {
  const users = [holder('ann', 'Exempt'), holder('kept', 'Exempt')]
  const shared = await planFor(control, { users, sets: [set('Exempt')] }, 'ann')
  assert.deepEqual(shared.fixes, [])
  assert.match(shared.unfixable[0]?.why ?? '', /Exempt gives it to others too.*\(kept\)/)
  const apart = await planFor(
    control,
    { users: [holder('ann', 'Exempt'), holder('kept', 'Other')], sets: [set('Exempt'), set('Other')] },
    'ann',
  )
  assert.deepEqual(
    apart.fixes[0]?.change.components.map(({ fullName }) => fullName),
    ['Exempt'],
  )
  const byGroup = await planFor(
    control,
    { users: [holder('ann', 'Exempt'), holder('kept', 'Some_Group')], sets: [set('Exempt')] },
    'ann',
  )
  assert.match(byGroup.unfixable[0]?.why ?? '', /gives it to others too/, 'a group may hold this very set')
})

test('by a group it comes from the sets that give it; all sources of one user are changed together', async () => {
  const byGroup = await planFor(control, { users: [holder('ann', 'Some_Group')], sets: [set('A'), set('B')] }, 'ann')
  assert.deepEqual(
    byGroup.fixes[0]?.change.components.map(({ fullName }) => fullName),
    ['A', 'B'],
  )
  const profiles = [{ ...sales, permissions: known([permission]) }]
  const twice = await planFor(control, { users: [holder('ann', 'A')], sets: [set('A')], profiles }, 'ann')
  assert.deepEqual(
    twice.fixes[0]?.change.components.map(({ type }) => type),
    ['PermissionSet', 'Profile'],
  )
})

test('what Salesforce or a package made, and what was not read, is said', async () => {
  const why = async (company: Company): Promise<string> =>
    (await planFor(control, company, 'ann')).unfixable[0]?.why ?? ''
  const users = [holder('ann', 'Exempt')]
  const unread = sampleUser({ username: 'unread', permissions: absent })
  assert.match(
    await why({ users: [...users, unread], sets: [set('Exempt')] }),
    /Who else has it is not known: the permissions of unread/,
  )
  assert.match(await why({ users, sets: [set('Exempt', { custom: false })] }), /came with a package/)
  const standard = [{ ...sales, custom: false, permissions: known([permission]) }]
  assert.match(await why({ users: [holder('ann')], profiles: standard }), /is Salesforce’s and keeps it/)
  assert.match(await why({ users, facts: { permissionSets: absent } }), /is not known/)
  assert.match(await why({ users, sets: [] }), /was not read/)
  assert.match(await why({ users: [] }), /not among those/)
})

const erpProfile = sampleProfile({ id: '00e000000000002', fullName: 'Erp Integration', loginRanges: known([]) })

test('login ranges of machines: from where they were seen, whole ranges that are too broad gone, others kept', async () => {
  const users = [machine()]
  const facts = logins({ address: '203.0.113.10' }, { address: '203.0.113.11' }, { address: '2001:db8::7' })
  const { fixes } = await planFor('machine-ip-ranges', { users, profiles: [erpProfile], facts }, 'erp@example.com')
  const after = fixes[0]?.change.components[0]?.edit({ custom: 'true' })
  assert.deepEqual(after, {
    custom: 'true',
    loginIpRanges: [
      { endAddress: '203.0.113.11', startAddress: '203.0.113.10' },
      { endAddress: '2001:db8::7', startAddress: '2001:db8::7' },
    ],
  })
  assert.equal(fixes[0]?.restricts[0]?.is, 'login-addresses')
  const broad = sampleProfile({
    ...erpProfile,
    loginRanges: known([
      { from: '0.0.0.0', to: '255.255.255.255' },
      { from: '2000::', to: '3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
      { from: '10.0.0.1', to: '10.0.0.9' },
    ]),
  })
  const narrowed = await planFor(
    'profile-ip-ranges-broad',
    { users, profiles: [broad], facts },
    'profile:Erp Integration',
  )
  assert.match(
    narrowed.fixes[0]?.change.title ?? '',
    /10\.0\.0\.1-10\.0\.0\.9, 203\.0\.113\.10-203\.0\.113\.11, 2001:db8::7 only/,
  )
})

test('login ranges: not of a profile that people share, and not from addresses that were not kept', async () => {
  const users = [machine(), sampleUser({ profileId: erpProfile.id })]
  const facts = logins({})
  const shared = await planFor('machine-ip-ranges', { users, profiles: [erpProfile], facts }, 'erp@example.com')
  assert.match(shared.unfixable[0]?.why ?? '', /also that of ann@example.com/)
  for (const [address, words] of [
    ['203.0.113.0/24', /too many to keep/],
    ['*', /too many to keep/],
  ] as const) {
    const plan = await planFor(
      'profile-ip-ranges',
      { users, profiles: [erpProfile], facts: logins({ address }) },
      'profile:Erp Integration',
    )
    assert.match(plan.unfixable[0]?.why ?? '', words)
  }
  const none = await planFor(
    'profile-ip-ranges',
    { users, profiles: [erpProfile], facts: logins() },
    'profile:Erp Integration',
  )
  assert.match(none.unfixable[0]?.why ?? '', /No login of it was seen/)
  const many = Array.from({ length: 40 }, (_, n) => sampleLogin({ address: `198.51.${n}.1` }))
  const spread = await planFor(
    'profile-ip-ranges',
    { users, profiles: [erpProfile], facts: logins(...many) },
    'profile:Erp Integration',
  )
  assert.match(spread.unfixable[0]?.why ?? '', /40 addresses/)
})

test('deleting is taken from what the machine alone holds, object by object, and nothing else with it', async () => {
  const rights = known({ delete: ['Account'], allRecords: [], allFields: [] })
  const erp = machine({ objects: rights, permissionSets: known(['Erp']) })
  const company = { users: [erp], sets: [set('Erp', { permissions: known([]) })], profiles: [erpProfile] }
  const { fixes } = await planFor('machine-no-delete', company, 'erp@example.com')
  assert.deepEqual(
    fixes[0]?.change.components.map(({ fullName }) => fullName),
    ['Erp Integration', 'Erp'],
  )
  const object = {
    allowCreate: 'true',
    allowDelete: 'true',
    allowRead: 'true',
    modifyAllRecords: 'false',
    object: 'Account',
  }
  const other = { ...object, object: 'Case' }
  const after = fixes[0]?.change.components[1]?.edit({ label: 'x', objectPermissions: [object, other] })
  assert.deepEqual(after?.['objectPermissions'], [{ ...object, allowDelete: 'false' }, other])
  const ann = sampleUser({ permissionSets: known(['Erp']) })
  const shared = await planFor('machine-no-delete', { ...company, users: [erp, ann] }, 'erp@example.com')
  assert.match(shared.unfixable[0]?.why ?? '', /shares its profile or a permission set with ann@example.com/)
  const twin = machine({ id: '005000000000003', username: 'crm@example.com', objects: rights })
  const together = await planFor(
    'machine-no-delete',
    { ...company, users: [erp, twin] },
    'erp@example.com',
    'crm@example.com',
  )
  for (const { restricts } of together.fixes)
    assert.deepEqual(
      restricts.flatMap((one) => ('users' in one ? one.users : [])),
      ['erp@example.com', 'crm@example.com'],
      'whoever shares the profile loses it, too',
    )
  const all = machine({ objects: rights, permissions: known(['ModifyAllData']) })
  const broad = await planFor('machine-no-delete', { ...company, users: [all] }, 'erp@example.com')
  assert.match(broad.unfixable[0]?.why ?? '', /permission over all data/)
})

test('who is exempt is not given the permission that would ask them: it would ask nobody', async () => {
  const admin = { ...holder('ada@example.com'), systemAdministrator: true }
  const { fixes, unfixable } = await planFor('people-mfa-asked', { users: [admin] }, 'ada@example.com')
  assert.deepEqual(fixes, [])
  assert.match(unfixable[0]?.why ?? '', /user-mfa-bypass is fixed first/)
})

test('who was not seen for long is frozen by their own record, and never the account that looks', async () => {
  const users = [
    sampleUser({ loginId: '0Yw1' }),
    sampleUser({ id: '005000000000009', username: 'admin@example.com', loginId: '0Yw2' }),
  ]
  const { fixes, unfixable } = await planFor('user-inactive', { users }, 'ann@example.com', 'admin@example.com')
  assert.deepEqual(fixes[0]?.change.records, [
    { is: 'update', object: 'UserLogin', id: '0Yw1', name: 'freeze ann@example.com', fields: { IsFrozen: true } },
  ])
  assert.deepEqual(fixes[0].restricts, [{ is: 'users-off', users: ['ann@example.com'] }])
  assert.match(unfixable[0]?.why ?? '', /nobody freezes itself/)
})

test('a remote site by https is encrypted only; one without encryption would fail, and is left', async () => {
  const site = (url: string) => ({ name: 'Erp', url, active: true, protocolSecurityDisabled: true })
  const of = async (url: string) =>
    planFor('remote-sites', { users: [], facts: { remoteSites: known([site(url)]) } }, 'remote-site:Erp')
  const { fixes } = await of('https://erp.example.com')
  assert.deepEqual(fixes[0]?.change.components[0]?.edit({ disableProtocolSecurity: 'true', url: 'x' }), {
    disableProtocolSecurity: 'false',
    url: 'x',
  })
  assert.match((await of('http://erp.example.com')).unfixable[0]?.why ?? '', /speaks no encryption/)
})

test('tokens are revoked by a person: no fact holds the handle that revokes one', async () => {
  const stale = await planFor('token-stale', { users: [] }, 'tokens:Erp')
  assert.deepEqual(stale.fixes[0]?.restricts, [{ is: 'token-lifetime', app: 'Erp', idleDays: 90, lifetimeDays: null }])
  assert.match(stale.fixes[0].change.clicks.join(), /Revoke each token last used more than 90 days ago/)
  const left = await planFor('token-inactive-users', { users: [] }, 'gone@example.com')
  assert.match(left.fixes[0]?.change.clicks.join() ?? '', /gone@example.com, OAuth Connected Apps: Revoke/)
})
