/** Profiles and the judging of a whole snapshot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checklistResults } from '../../src/posture/audit/checklist.ts'
import { KeyturnError } from '@keyturn/tokens'
import { judgeAll } from '../../src/posture/audit/judge.ts'
import { withOwnParameters } from '../../src/posture/audit/own-parameters.ts'
import {
  checklistLines,
  chosenControls,
  neededFamilies,
  neededSettings,
  profileTexts,
} from '../../src/posture/audit/profiles.ts'
import { auditReport } from '../../src/posture/audit/report.ts'
import type { Control, ProfileName } from '../../src/posture/control.ts'
import { profileNames } from '../../src/posture/control.ts'
import { allControls } from '../../src/posture/controls/registry.ts'
import { known } from '../../src/posture/fact.ts'
import type { Facts } from '../../src/posture/facts.ts'
import { noFacts } from '../../src/posture/no-facts.ts'
import {
  applist,
  inventory,
  machine,
  now,
  sampleProfile,
  sampleUser,
  userlist,
} from '../../src/posture/controls/sample-facts.ts'

const controls = await allControls()
const org = { id: '00D000000000001', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.example.com' }
const auditor = { userId: '005', username: 'audit@example.com' }
const calls = { total: 0, mostAtOnce: 0, ms: 0 }
const judged = (facts: Facts, profile: ProfileName) => judgeAll(controls, { facts, takenAt: now, org }, profile)

test('every profile has a text and asks at least three controls', () => {
  for (const profile of profileNames) {
    assert.ok(profileTexts[profile].length > 20)
    assert.ok(chosenControls(controls, profile).length >= 3, profile)
  }
})

test('strict asks everything that baseline asks', () => {
  const strict = new Set(chosenControls(controls, 'strict').map(({ control }) => control.id))
  const missing = chosenControls(controls, 'baseline').filter(({ control }) => !strict.has(control.id))
  assert.deepEqual(
    missing.map(({ control }) => control.id),
    [],
  )
})

test('where profiles ask for different values it is written why', () => {
  for (const { id, profiles } of controls) {
    const asked = Object.values(profiles)
    const values = new Set(asked.map(({ because: _, overrides: __, ...values }) => JSON.stringify(values)))
    const numbersOnly = asked.every((one) =>
      Object.keys(one).every((name) => ['days', 'bits', 'hours', 'most', 'mostPerUser'].includes(name)),
    )
    if (values.size > 1 && !numbersOnly)
      assert.ok(
        asked.some(({ because }) => typeof because === 'string'),
        `${id} does not say why its profiles differ`,
      )
  }
})

test('what keyturn.yaml asks of a control stands instead of its profiles’, and every verdict of it says so', () => {
  const own = { 'password-length': { atLeast: 20 }, 'user-super-admins': { documented: ['ann@example.com'] } }
  const here = withOwnParameters(controls, own)
  const admin = sampleUser({ permissions: known(['ViewAllData', 'ModifyAllData', 'ManageUsers']) })
  const facts = {
    ...noFacts,
    ...userlist(admin),
    settings: { 'Security.passwordPolicies.minimumPasswordLength': known(15) },
    profiles: known([]),
  }
  const verdicts = (asked: typeof controls) =>
    judgeAll(asked, { facts, takenAt: now, org }, 'strict')
      .filter(({ control }) => control.id in own)
      .map(({ judgement }) => judgement)
  assert.deepEqual(
    verdicts(controls).map(({ verdict }) => verdict),
    ['pass', 'fail'],
  )
  assert.deepEqual(
    verdicts(here).map(({ verdict }) => verdict),
    ['fail', 'pass'],
  )
  for (const { why } of verdicts(here))
    assert.match(why, /keyturn\.yaml sets (atLeast 20|documented ann@example\.com)$/)
})

test('what keyturn.yaml asks of no control, or in no way it knows, is a mistake and not ignored', () => {
  const refused = (own: Parameters<typeof withOwnParameters>[1], text: RegExp): void =>
    assert.throws(
      () => withOwnParameters(controls, own),
      (error) => error instanceof KeyturnError && error.code === 'CONFIG_INVALID' && text.test(error.message),
    )
  refused({ 'password-lenght': { atLeast: 20 } }, /did you mean password-length/)
  refused({ 'password-length': { least: 20 } }, /no parameter least/)
  refused({ 'password-length': { because: 'we like it' } }, /no parameter because/)
  refused({ 'password-length': { atLeast: 'many' } }, /must be a number/)
  refused({ 'user-super-admins': { documented: 'ann@example.com' } }, /must be a list of texts/)
})

test('with nothing collected nothing passes, in any profile', () => {
  for (const profile of profileNames) {
    for (const { control, judgement } of judged(noFacts, profile)) {
      assert.equal(judgement.verdict, 'unknown', `${profile}: ${control.id}: ${judgement.why}`)
    }
  }
})

test('the profile integration prints exactly nine lines, in order, and those without a source are unknown', () => {
  const facts: Facts = {
    ...noFacts,
    ...applist({}),
    ...userlist(machine(), sampleUser()),
    tokens: known(inventory()),
    logins: known({ days: 30, rows: 0, uses: [] }),
    profiles: known([sampleProfile()]),
  }
  const { results } = auditReport({
    snapshot: { org, takenAt: now, auditor, calls },
    judgedAt: now,
    profile: 'integration',
    judged: judged(facts, 'integration'),
    waivers: [],
    known: controls.map(({ id }) => id),
    checklist: checklistLines,
  })
  assert.deepEqual(
    results.map(({ control, verdict }) => `${control} ${verdict}`),
    [
      'checklist-1 pass',
      'checklist-2 pass',
      'checklist-3 unknown',
      'checklist-4 unknown',
      'checklist-5 pass',
      'checklist-6 pass',
      'checklist-7 pass',
      'checklist-8 pass',
      'checklist-9 unknown',
    ],
  )
})

test('every line of the checklist is looked at by a control, and every control of the profile is on a line', () => {
  const chosen = chosenControls(controls, 'integration')
  const lines = checklistResults(checklistLines, [])
  assert.equal(lines.length, 9)
  for (const { id } of checklistLines) {
    assert.ok(
      chosen.some(({ control }) => control.catalogues.checklist?.includes(id)),
      `line ${id}`,
    )
  }
  for (const { control } of chosen) assert.equal(control.catalogues.checklist?.length, 1, control.id)
})

test('what the controls need is named once', () => {
  const chosen = chosenControls(controls, 'strict')
  const families = neededFamilies(chosen)
  assert.equal(new Set(families).size, families.length)
  assert.ok(families.includes('apps') && families.includes('settings'))
  const settings = neededSettings(chosen)
  assert.ok(settings.includes('Security.passwordPolicies.minimumPasswordLength'))
  assert.ok(settings.every((path) => /^[A-Z]\w+(\.\w+)+$/.test(path)))
  assert.ok(
    chosen.every(({ control }) => !control.families.includes('settings') || (control.settings ?? []).length > 0),
  )
})

test('a judge that stumbles over the facts is unknown, and the others go on', () => {
  const broken = { ...noFacts, apps: known([{}]) as unknown as Facts['apps'], certificates: known([]) }
  const results = judged(broken, 'strict')
  const of = (id: string) => results.find(({ control }) => control.id === id)?.judgement
  assert.equal(of('app-pkce-required')?.verdict, 'unknown')
  assert.match(of('app-pkce-required')?.why ?? '', /cannot read/)
  assert.equal(of('certificate-expired')?.verdict, 'not-applicable')
})

// Work that grows with users times tokens would run into the limit.
test('a large org is judged', { timeout: 120_000 }, () => {
  const count = 10_000
  const users = Array.from({ length: count }, (_, at) =>
    machine({ id: `005${at}`, username: `u${at}@example.com`, profileId: `00e${at % 50}` }),
  )
  const [token] = inventory().tokens
  const tokens = Array.from({ length: 60_000 }, (_, at) => ({
    ...token,
    app: `App${Math.floor(at / 7) % 500}`,
    appId: null,
    user: `u${at % count}@example.com`,
    created: now,
    lastUsed: now,
    useCount: 1,
  }))
  const apps = Array.from({ length: 500 }, (_, at) => ({ name: `App${at}`, label: `App ${at}` }))
  const facts: Facts = {
    ...noFacts,
    ...applist(...apps),
    ...userlist(...users),
    profiles: known(Array.from({ length: 50 }, (_, at) => sampleProfile({ id: `00e${at}`, name: `P${at}` }))),
    tokens: known({ counted: 60_000, read: 60_000, complete: true, why: 'read as many as were counted', tokens }),
    logins: known({ days: 30, rows: 0, uses: [] }),
  }
  const results = judged(facts, 'strict')
  const of = (id: string) => results.find(({ control }) => control.id === id)?.judgement.verdict
  assert.equal(of('machine-ip-ranges'), 'pass')
  assert.equal(of('machine-dedicated'), 'fail')
  assert.equal(of('token-inactive-users'), 'pass')
})

test('a control is a plain thing: judging twice says the same', () => {
  const facts = { ...noFacts, ...applist({}), ...userlist(machine()) }
  const said = (list: readonly { readonly control: Control; readonly judgement: unknown }[]) =>
    JSON.stringify(list.map(({ control, judgement }) => [control.id, judgement]))
  assert.equal(said(judged(facts, 'strict')), said(judged(facts, 'strict')))
})
