/** Whatever an org answers, a collection ends with facts that are known or unknown, never with an error, never falsely clean. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditedOrg, everything, valueOf, whyUnknown } from './audited-org.ts'

const spec = {
  name: 'acme',
  users: [
    { username: 'admin@acme.example', profile: 'System Administrator' as const },
    { username: 'bob@acme.example' },
  ],
}
const user = 'admin@acme.example'

const oddities: Readonly<Record<string, string>> = {
  'a page for people': '<html><body>We are down for maintenance</body></html>',
  nothing: '',
  null: 'null',
  'an empty object': '{}',
  'a list': '[]',
  'records that are null': '{"totalSize":1,"done":true,"records":null}',
  'a record that is null': '{"totalSize":1,"done":true,"records":[null]}',
  'a record without fields': '{"totalSize":1,"done":true,"records":[{}]}',
  'fields of other types': '{"totalSize":1,"done":true,"records":[{"Id":7,"Name":[],"UserId":{},"IsActive":"yes"}]}',
  'fewer rows than counted': '{"totalSize":5,"done":true,"records":[]}',
  'a size that is a text': '{"totalSize":"5","done":true,"records":[]}',
  'no end': '{"totalSize":5,"done":false,"records":[]}',
}

for (const [name, body] of Object.entries(oddities)) {
  void test(`queries answered with ${name} make facts unknown and throw nothing`, async (t) => {
    const { sim, collect } = await auditedOrg(t, { spec, user })
    // What the auditor may do is still told, so that nothing is unknown for that reason.
    sim.control.addFault({ match: { path: '/query$' }, skip: 1, count: 'forever', action: { status: 200, body } })
    const { facts } = await collect(everything, { pace: { atOnce: 1 } })
    for (const family of everything) {
      if (family === 'settings' || family === 'permissionNames') continue
      const fact = facts[family]
      // Rows that don't come although they were counted: known to be inconclusive.
      if (family === 'tokens' && fact.is === 'known' && !valueOf(facts.tokens).complete) continue
      if (fact.is === 'known') assert.fail(`${family} is known: ${JSON.stringify(fact.value).slice(0, 200)}`)
      assert(['refused', 'not-provisioned', 'permission'].includes(fact.why), `${family}: ${fact.text}`)
    }
  })
}

void test('metadata that is not XML leaves what only metadata says unknown, and the rest known', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec, user })
  sim.control.addFault({ match: { endpoint: 'metadata' }, count: 'forever', action: { status: 200, html: true } })
  const { facts } = await collect(['apps', 'profiles', 'settings', 'users'], {
    settings: ['OauthOidc.isPkceRequired', 'Security.sessionSettings.requireHttpOnly'],
    pace: { attempts: 1 },
  })
  for (const app of valueOf(facts.apps)) assert.notEqual(whyUnknown(app.pkceRequired), 'known')
  for (const profile of valueOf(facts.profiles)) assert.notEqual(whyUnknown(profile.loginRanges), 'known')
  assert.notEqual(whyUnknown(facts.settings['OauthOidc.isPkceRequired'] ?? { is: 'known', value: 0 }), 'known')
  assert.equal(facts.settings['Security.sessionSettings.requireHttpOnly']?.is, 'known', 'Tooling shows Security, too')
  assert.equal(facts.users.is, 'known')
})

void test('a profile whose metadata is null has unknown hours and ranges, not none', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec, user })
  const none =
    '<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><readMetadataResponse xmlns="http://soap.sforce.com/2006/04/metadata"><result/></readMetadataResponse></soapenv:Body></soapenv:Envelope>'
  sim.control.addFault({
    match: { endpoint: 'metadata' },
    count: 'forever',
    skip: 1,
    action: { status: 200, body: none },
  })
  const { facts } = await collect(['profiles'], { pace: { atOnce: 1 } })
  const profiles = valueOf(facts.profiles)
  assert(profiles.some(({ loginRanges }) => whyUnknown(loginRanges) !== 'known'))
  for (const { loginHours, loginRanges } of profiles) assert.equal(whyUnknown(loginHours), whyUnknown(loginRanges))
})
