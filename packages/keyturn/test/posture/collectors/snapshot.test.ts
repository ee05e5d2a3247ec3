/** Snapshots as files and side by side; and names that do harm where they are printed, which facts carry as they are. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { scenario } from '@keyturn/simulator'
import { KeyturnError } from '@keyturn/tokens'
import { compareSnapshots } from '../../../src/posture/compare.ts'
import { known, unknown } from '../../../src/posture/fact.ts'
import { parseSnapshot, readSnapshot, writeSnapshot } from '../../../src/posture/snapshot-file.ts'
import { auditedOrg, everything, valueOf } from './audited-org.ts'

const user = 'ada.admin@legacy.example'

const folderOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-snapshot-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

void test('a snapshot with hostile names goes into a file and comes back as it was, readable by its owner only', async (t) => {
  const { collect } = await auditedOrg(t, { spec: scenario('legacy-company', { hostile: true }), user })
  const snapshot = await collect(everything, { days: 180 })
  assert(JSON.stringify(snapshot.facts).includes('HYPERLINK'), 'there are hostile names')
  const path = join(folderOf(t), 'snapshot.json')
  await writeSnapshot(path, snapshot)
  assert.deepEqual(await readSnapshot(path), snapshot)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(readFileSync(path, 'utf8').includes('\u001B'), false, 'a terminal that shows the file does not obey it')
  assert.deepEqual(compareSnapshots(snapshot, await readSnapshot(path)), [])
})

void test('a snapshot that can’t be written leaves nothing behind, and an older one as it was', async (t) => {
  const { collect } = await auditedOrg(t, { spec: { name: 'acme' }, user: 'admin@acme.example' })
  const snapshot = await collect(['certificates'])
  const folder = folderOf(t)
  await assert.rejects(writeSnapshot(join(folder, 'none', 'snapshot.json'), snapshot), { code: 'BAD_ARGUMENT' })
  // A folder stands where the file should be.
  await assert.rejects(writeSnapshot(folder, snapshot), { code: 'BAD_ARGUMENT' })
  assert.deepEqual(readdirSync(folder), [])
})

void test('what is no snapshot, or one of a newer Keyturn, is refused with a sentence', async (t) => {
  const fine = { format: 'keyturn-snapshot/1', takenAt: 1, org: { id: 'x' }, auditor: {}, families: [], calls: {} }
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /it is no JSON/],
    ['[1]', /it is no object/],
    ['{"format":"keyturn-snapshot/2"}', /of format 2; this Keyturn reads format 1\. Use a newer Keyturn/],
    ['{"format":"something"}', /its format is "something"/],
    [JSON.stringify(fine), /it holds no facts/],
    [JSON.stringify({ ...fine, takenAt: 'now', facts: {} }), /when it was taken/],
    [JSON.stringify({ ...fine, facts: { apps: [] } }), /“apps” is no fact/],
    [JSON.stringify({ ...fine, facts: { settings: { a: 1 } } }), /settings are no facts/],
  ]
  for (const [text, words] of refused)
    assert.throws(
      () => parseSnapshot(text, 'it.json'),
      (error) => error instanceof KeyturnError && words.test(error.message),
    )
  const { facts } = parseSnapshot(JSON.stringify({ ...fine, facts: {} }), 'it.json')
  assert(
    facts.apps.is === 'unknown' && facts.apps.why === 'not-collected',
    'what an older file lacks was not collected',
  )
  const path = join(folderOf(t), 'gone.json')
  await assert.rejects(readSnapshot(path), { code: 'BAD_ARGUMENT' })
  writeFileSync(path, '{')
  await assert.rejects(readSnapshot(path), { code: 'BAD_ARGUMENT' })
})

void test('two snapshots differ in what was changed, what came and what can no longer be seen, and in nothing else', async (t) => {
  const { sim, collect } = await auditedOrg(t, { spec: scenario('legacy-company'), user })
  const before = await collect(everything)
  sim.control.changeApp({ app: 'Reporting_Portal', settings: { rotation: true, ipRelaxation: 'ENFORCE' } })
  sim.control.changeUser({ user: 'karl.king@legacy.example', change: { frozen: true } })
  sim.control.grant({ user: 'otto.orr@legacy.example', app: 'Workflow_Zap' })
  sim.control.changeOrg({ settings: { passwordMinimumLength: 12 } })
  const after = await collect(everything)
  const said = compareSnapshots(before, after)
    // The auditor's own login is a row, too, and may be read a moment before or after it was written.
    .filter(({ family, subject }) => family !== 'healthCheck' && !subject.startsWith('login:Auditor_Web:'))
    .map(({ subject, what, field }) => `${subject.replace(/:0[Hx]\w+$/, '')} ${what} ${field ?? ''}`.trim())
  assert.deepEqual(said.toSorted(), [
    'app:connected:Reporting_Portal changed ipRelaxation',
    'app:connected:Reporting_Portal changed rotation',
    'app:connected:Workflow_Zap changed tokens',
    'setting:Security.passwordPolicies.minimumPasswordLength changed value',
    'token:Workflow_Zap:otto.orr@legacy.example added',
    'user:karl.king@legacy.example changed frozen',
  ])
  const blinded = { ...after, facts: { ...after.facts, tokens: unknown('permission', 'no longer') } }
  assert(compareSnapshots(after, blinded).some(({ family, what }) => family === 'tokens' && what === 'no-longer-known'))
  const older = after.facts.apps.is === 'known' ? after.facts.apps.value.map(({ files: _unread, ...app }) => app) : []
  assert.deepEqual(compareSnapshots({ ...after, facts: { ...after.facts, apps: known(older) } }, after), [])
  const unasked = { ...after, facts: { ...after.facts, tokens: unknown('not-collected', 'not asked') } }
  assert.deepEqual(compareSnapshots(after, unasked), [])
  assert.throws(() => compareSnapshots(after, { ...after, org: { ...after.org, id: '00D000000000XXX' } }), {
    code: 'BAD_ARGUMENT',
  })
})

void test('facts of the legacy company: who may do what in fact, who is a machine, and what profiles let in', async (t) => {
  const { collect } = await auditedOrg(t, { spec: scenario('legacy-company'), user })
  const { facts, org, auditor } = await collect(everything, { days: 180 })
  assert.deepEqual([org.name, org.sandbox, auditor.username], ['Legacy Company Inc.', false, user])
  const users = valueOf(facts.users)
  const named = (name: string) => {
    const found = users.find(({ username }) => username === `${name}@legacy.example`)
    assert(found !== undefined, name)
    return found
  }
  const holds = (name: string, permission: string): boolean => valueOf(named(name).permissions).includes(permission)
  // By a group, of which one permission is muted.
  assert.deepEqual([holds('petra.pohl', 'ManageUsers'), holds('petra.pohl', 'BulkApiHardDelete')], [true, false])
  assert.equal(holds('xenia.xu', 'BulkApiHardDelete'), true)
  assert.equal(holds('lena.lang', 'ViewAllData'), true, 'by the profile')
  assert.equal(holds('otto.orr', 'ModifyAllData'), false)
  assert.equal(named('billing.sync').nature.is, 'machine')
  assert.equal(named('etl.loader').nature.is, 'machine', 'by its logins')
  assert.equal(named('hanna.hill').nature.is, 'person')
  assert.equal(named('otto.orr').nature.is, 'unknown', 'it never logged in')
  assert.deepEqual([valueOf(named('erika.earl').frozen), valueOf(named('ada.admin').frozen)], [true, false])
  assert.deepEqual(valueOf(named('ada.admin').mfaMethods), ['security-key'])
  assert.deepEqual(valueOf(named('dmitri.dean').mfaMethods), [])
  assert.deepEqual(
    [named('ada.admin'), named('erp.sync')].map(({ systemAdministrator }) => systemAdministrator),
    [true, false],
  )
  const support = valueOf(facts.profiles).find(({ name }) => name === 'Support Agent')
  assert(support !== undefined)
  assert.deepEqual(valueOf(support.loginRanges), [{ from: '0.0.0.0', to: '255.255.255.255' }])
  assert.deepEqual([valueOf(support.loginHours), support.custom], [false, true])
  const groups = valueOf(facts.permissionSetGroups).map(({ name, status }) => `${name} ${status}`)
  assert.deepEqual(groups.toSorted(), ['Operations Updated', 'Release_Team Outdated'])
  assert.deepEqual(facts.settings['Security.passwordPolicies.expiration'], { is: 'known', value: 'Never' })
  assert.deepEqual(facts.settings['ConnectedApp.enableAdminApprovedAppsOnly'], { is: 'known', value: false })
  const { uses, rows } = valueOf(facts.logins)
  assert.equal(
    uses.reduce((sum, { worked, failed }) => sum + worked + failed, 0),
    rows,
  )
  const attack = uses.filter(({ user: who, address }) => who.startsWith('dmitri.dean') && address === '192.0.2.61')
  assert(attack.reduce((sum, { failed }) => sum + failed, 0) >= 60)
})
