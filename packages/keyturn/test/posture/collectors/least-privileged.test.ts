/** Auditors who may see little: everything they can't see is unknown, with the permission that is missing. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Facts } from '../../../src/posture/facts.ts'
import { auditedOrg, auditor, auditorWith, everything, valueOf, whyUnknown } from './audited-org.ts'

const shipped = (name: string): readonly string[] => {
  const file = new URL(`../../../../../deploy/permission-sets/${name}.permissionset-meta.xml`, import.meta.url)
  return [...readFileSync(file, 'utf8').matchAll(/<name>(\w+)<\/name>/g)].map(([, permission]) => permission ?? '')
}

const users = (...permissions: readonly string[]) => [
  auditorWith(...permissions),
  { username: 'admin@acme.example', profile: 'System Administrator' as const },
]
const asked = ['Security.passwordPolicies.minimumPasswordLength', 'OauthOidc.isPkceRequired']

const reasons = ({ settings: _apart, ...facts }: Facts): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(facts).map(([family, fact]) => [family, whyUnknown(fact)]))

void test('who has API Enabled only knows nothing, and is told which permission each family wants', async (t) => {
  const { collect } = await auditedOrg(t, { spec: { name: 'acme', users: users('ApiEnabled') }, user: auditor })
  const { facts } = await collect(everything, { settings: asked })
  const families = everything.filter((family) => family !== 'settings' && family !== 'permissionNames')
  for (const family of families) {
    const fact = facts[family as Exclude<typeof family, 'settings'>]
    assert.equal(whyUnknown(fact), 'permission', family)
    assert(fact.is === 'unknown' && typeof fact.missing === 'string', family)
  }
  for (const path of asked)
    assert.equal(whyUnknown(facts.settings[path] ?? { is: 'known', value: 0 }), 'permission', path)
})

void test('an org that answers with nothing, where it should refuse, does not make “none” of it', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: { name: 'acme', users: users('ApiEnabled') }, user: auditor })
  // The first query is what the auditor itself may do.
  const body = '{"totalSize":0,"done":true,"records":[]}'
  sim.control.addFault({ match: { path: '/query$' }, skip: 1, count: 'forever', action: { status: 200, body } })
  const { facts } = await collect(everything, { pace: { atOnce: 1 } })
  for (const [family, why] of Object.entries(reasons(facts)))
    if (everything.includes(family as keyof Facts) && family !== 'permissionNames')
      assert.equal(why, 'permission', family)
})

void test('the permission set for auditors shows users, rights, logins, the trail and Security settings, and leaves the rest unknown', async (t) => {
  const spec = { name: 'acme', users: users(...shipped('Keyturn_Auditor')) }
  const { collect } = await auditedOrg(t, { spec, user: auditor })
  const { facts } = await collect(everything, { settings: asked })
  const found = reasons(facts)
  const knownTo = ['apps', 'users', 'permissionSets', 'profiles', 'certificates', 'healthCheck', 'logins', 'auditTrail']
  for (const family of knownTo) assert.equal(found[family], 'known', family)
  for (const family of ['tokens', 'contentLinks']) assert.equal(found[family], 'permission', family)
  const [user] = valueOf(facts.users)
  assert(user !== undefined)
  assert.deepEqual([user.frozen, user.mfaMethods].map(whyUnknown), ['permission', 'permission'])
  assert.deepEqual([user.permissions, user.permissionSets].map(whyUnknown), ['known', 'known'])
  for (const app of valueOf(facts.apps))
    assert.deepEqual(
      [app.pkceRequired, app.rotation, app.scopes, app.callbacks, app.tokens, app.permittedUsers].map(whyUnknown),
      ['permission', 'permission', 'permission', 'permission', 'permission', 'known'],
    )
  for (const profile of valueOf(facts.profiles))
    assert.deepEqual([profile.loginRanges, profile.loginHours].map(whyUnknown), ['permission', 'permission'])
  assert.deepEqual(facts.settings['Security.passwordPolicies.minimumPasswordLength'], { is: 'known', value: 8 })
  assert.equal(whyUnknown(facts.settings['OauthOidc.isPkceRequired'] ?? { is: 'known', value: 0 }), 'permission')
})

void test('the full permission set for auditors leaves only the frozen and public links', async (t) => {
  const spec = { name: 'acme', users: users(...shipped('Keyturn_Auditor_Full')) }
  const { collect } = await auditedOrg(t, { spec, user: auditor })
  const { facts } = await collect(everything, { settings: asked })
  const unknown = Object.entries(reasons(facts)).filter(([, why]) => why !== 'known' && why !== 'not-collected')
  assert.deepEqual(Object.fromEntries(unknown), { contentLinks: 'permission' })
  for (const user of valueOf(facts.users))
    assert.deepEqual([user.frozen, user.mfaMethods].map(whyUnknown), ['permission', 'known'])
  for (const app of valueOf(facts.apps))
    assert.deepEqual([app.pkceRequired, app.scopes, app.tokens].map(whyUnknown), ['known', 'known', 'known'])
  for (const path of asked) assert.equal(facts.settings[path]?.is, 'known')
})

void test('who cannot even ask what it may do is taken for somebody who may do nothing', async (t) => {
  const spec = { name: 'acme', users: users(...shipped('Keyturn_Auditor_Full')) }
  const { sim, collect } = await auditedOrg(t, { spec, user: auditor })
  sim.control.changeOrg({ settings: { absentObjects: ['UserPermissionAccess'] } })
  const { facts } = await collect(['tokens', 'users', 'logins'])
  for (const fact of [facts.tokens, facts.users, facts.logins]) assert.equal(whyUnknown(fact), 'permission')
})
