/**
 * Every control over the facts of a simulated company, read over the wire: by an administrator, and by users with fewer
 * rights, for whom nothing may pass that is wrong.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { scenario } from '@keyturn/simulator'
import { judgeAll } from '../../src/posture/audit/judge.ts'
import { chosenControls, neededFamilies, neededSettings } from '../../src/posture/audit/profiles.ts'
import type { Judgement } from '../../src/posture/control.ts'
import { allControls } from '../../src/posture/controls/registry.ts'
import { auditedOrg } from './collectors/audited-org.ts'

const controls = await allControls()
const chosen = chosenControls(controls, 'strict')

/** Of the same careless company, whoever looks: the seed is the scenario's. */
const seenBy = async (t: TestContext, user: string, hostile = false): Promise<ReadonlyMap<string, Judgement>> => {
  const audited = await auditedOrg(t, { spec: scenario('legacy-company', { hostile }), user: `${user}@legacy.example` })
  const snapshot = await audited.collect(neededFamilies(chosen), { settings: neededSettings(chosen) })
  return new Map(judgeAll(controls, snapshot, 'strict').map(({ control, judgement }) => [control.id, judgement]))
}

const subjectsOf = (judgement: Judgement | undefined): readonly string[] =>
  (judgement?.evidence ?? []).map(({ subject }) => subject)

test('a careless company: what is wrong is found, and no control stumbles over what an org answers', async (t) => {
  const seen = await seenBy(t, 'ada.admin')
  assert.equal(seen.size, chosen.length)
  for (const [id, { why }] of seen) assert.doesNotMatch(why, /cannot read/, id)
  for (const [id, subject] of [
    ['app-scope-full', 'app:ERP_Sync'],
    ['app-callbacks-exact', 'app:Old_Intranet'],
    ['app-callbacks-local', 'app:Team_CLI'],
    ['app-client-credentials-user', 'app:Server_Batch'],
    ['app-introspection', 'app:Token_Inspector'],
    ['app-device-flow', 'eca:Warehouse_Feed'],
    ['app-uninstalled-tokens', 'uninstalled:My_Ticket_Portal'],
    ['machine-not-admin', 'user:etl.loader@legacy.example'],
    ['login-retired-ways', 'user:dataloader.nightly@legacy.example'],
    ['profile-ip-ranges-broad', 'profile:Support Agent'],
    ['user-approve-uninstalled', 'user:vera.vale@legacy.example'],
    ['user-mfa-bypass', 'user:clara.cole@legacy.example'],
    ['user-shadow-admins', 'user:petra.pohl@legacy.example'],
    ['permission-set-groups-current', 'permission-set-group:Release_Team'],
    ['certificate-expired', 'certificate:SelfSignedCert_2023'],
    ['remote-sites', 'remote-site:Old_Intranet'],
    ['trusted-ranges', 'setting:Security.networkAccess.ipRanges'],
    ['password-length', 'setting:Security.passwordPolicies.minimumPasswordLength'],
    ['admin-share', 'org'],
  ] as const) {
    assert.equal(seen.get(id)?.verdict, 'fail', id)
    assert.ok(subjectsOf(seen.get(id)).includes(subject), `${id} names ${subject}`)
  }
  for (const id of [
    'repository-secrets',
    'repository-ignores',
    'credential-rotation',
    'widening-expired',
    'audit-trail-kept',
  ]) {
    assert.equal(seen.get(id)?.verdict, 'unknown', `${id}: its source is not connected`)
  }
})

test('seen by people with fewer rights nothing passes, or does not apply, that an administrator sees fail', async (t) => {
  const all = await seenBy(t, 'ada.admin')
  for (const user of ['support.shift', 'hanna.hill', 'vera.vale', 'petra.pohl', 'tina.thorn']) {
    await t.test(user, async (inner) => {
      const some = await seenBy(inner, user)
      for (const [id, judgement] of all) {
        if (judgement.verdict !== 'fail') continue
        const { verdict, why } = some.get(id) ?? { verdict: 'missing', why: '' }
        assert.ok(verdict === 'fail' || verdict === 'unknown', `${id} is ${verdict}: ${why}`)
      }
      assert.ok([...some.values()].some(({ verdict }) => verdict === 'unknown'))
    })
  }
})

test('with names that are markup, formulas and terminal escapes the verdicts are the same', async (t) => {
  const [plain, hostile] = [await seenBy(t, 'ada.admin'), await seenBy(t, 'ada.admin', true)]
  for (const [id, { verdict }] of plain) {
    // Names that look alike are what one control is about.
    if (id !== 'app-same-name') assert.equal(hostile.get(id)?.verdict, verdict, `${id}: ${hostile.get(id)?.why ?? ''}`)
  }
})
