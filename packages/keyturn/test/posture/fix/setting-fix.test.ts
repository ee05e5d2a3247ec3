/** Fixes of settings: each control’s, in every profile, from every value that is wrong; they narrow and never widen. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import { withElement } from '../../../src/org/metadata-component.ts'
import { valueAt } from '../../../src/posture/change/same-body.ts'
import { fromProfile, inProfile } from '../../../src/posture/collectors/profiles/profile-overrides.ts'
import { profileNames } from '../../../src/posture/control.ts'
import type { Control, Parameters } from '../../../src/posture/control.ts'
import { allControls, casesOf } from '../../../src/posture/controls/registry.ts'
import { now, profilelist } from '../../../src/posture/controls/sample-facts.ts'
import { known, unknown } from '../../../src/posture/fact.ts'
import type { Facts, SettingValue } from '../../../src/posture/facts.ts'
import type { Fix } from '../../../src/posture/fix/fix.ts'
import { settingFix } from '../../../src/posture/fix/setting-fix.ts'
import { settingEffects } from '../../../src/posture/fix/setting-restricts.ts'
import { stricterValue } from '../../../src/posture/fix/stricter-value.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'

const org = { id: '00D000000000001', name: 'Acme', sandbox: false, instanceUrl: 'https://acme.example' }

const snapshotOf = (facts: Partial<Facts>): Snapshot => ({
  format: 'keyturn-snapshot/1',
  takenAt: now,
  org,
  auditor: { userId: '005', username: 'admin@acme.example' },
  families: [],
  facts: { ...noFacts, ...facts },
  calls: { total: 0, mostAtOnce: 0, ms: 0 },
})

/** Controls of one setting of the org: their cases hold `settings` and nothing that is no setting of theirs. */
const controls = (await allControls()).filter(
  ({ families, settings = [] }) =>
    settings.length === 1 && families.every((one) => one === 'settings' || one === 'profiles'),
)

/** Every value that a case of a control or a scale knows, and numbers around. */
const values = async (control: Control, path: string): Promise<readonly SettingValue[]> => {
  const seen = (await casesOf(control.id)).flatMap(({ facts }) => {
    const fact = facts.settings?.[path]
    return fact?.is === 'known' && !Array.isArray(fact.value) ? [fact.value] : []
  })
  const words = Object.values(control.profiles).flatMap((parameters) => parameters?.['among'] ?? [])
  const all = ['NoRestriction', 'AlphaNumeric', 'Never', 'OneYear', 'NoLimit', 'TenAttempts', 'None', 'TwelveHours']
  return [...new Set<SettingValue>([...seen, ...words.map(String), ...all, true, false, 0, 1, 2, 5, 8, 11, 12, 50])]
}

const verdictOf = (control: Control, facts: Partial<Facts>, parameters: Parameters): string =>
  control.judge({ ...noFacts, ...facts }, parameters, { takenAt: now, org }).verdict

void test('every control of one setting has an effect written down, and a path of the table is a control’s', () => {
  const paths = controls
    .map(({ settings }) => settings?.[0] ?? '')
    .filter((path) => path !== 'Security.networkAccess.ipRanges')
  assert.deepEqual([...new Set(paths)].toSorted(), Object.keys(settingEffects).toSorted())
  assert(paths.length > 40)
})

void test('from every wrong value of every control in every profile: after it the judge passes, and again changes nothing', async () => {
  let planned = 0
  for (const control of controls) {
    const fix = settingFix(control)
    const [path = ''] = control.settings ?? []
    if (fix === null) continue
    const [, ...elements] = path.split('.')
    for (const profile of profileNames) {
      const parameters = control.profiles[profile]
      if (parameters === undefined) continue
      for (const value of await values(control, path)) {
        const facts = { settings: { [path]: known(value) }, ...profilelist({}) }
        if (verdictOf(control, facts, parameters) !== 'fail') continue
        const plan: ReturnType<Fix['plan']> = fix.plan(
          [{ subject: `setting:${path}`, text: '', facts: {} }],
          snapshotOf(facts),
          parameters,
        )
        assert.equal(plan.fixes.length + plan.unfixable.length, 1)
        const [one] = plan.fixes
        if (one === undefined) continue
        planned += 1
        assert(one.restricts.length > 0, `${control.id} says what it takes away`)
        const [component] = one.change.components
        assert(component !== undefined)
        const before = withElement({ other: 'x' }, elements, String(value))
        const after = component.edit(before)
        const is = valueAt(after, elements)
        assert(typeof is === 'string')
        assert.equal(
          verdictOf(control, { ...facts, settings: { [path]: known(/^\d+$/.test(is) ? Number(is) : is) } }, parameters),
          'pass',
          `${control.id} in ${profile}, from ${String(value)} to ${is}`,
        )
        assert.equal(after['other'], 'x')
        assert.deepEqual(component.edit(after), after)
      }
    }
  }
  assert(planned > 150, `${planned} fixes were tried`)
})

void test('what somebody made stricter meanwhile stays, and what can’t be compared is left alone', () => {
  const among = ['SpecialCharacters', 'UpperLowerCaseNumeric', 'UpperLowerCaseNumericSpecialCharacters']
  assert.equal(stricterValue('complexity', 'AlphaNumeric', { among }), 'SpecialCharacters')
  const three = 'Any3UpperLowerCaseNumericSpecialCharacters'
  const strict = { among: ['UpperLowerCaseNumericSpecialCharacters', three] }
  assert.equal(stricterValue('complexity', 'NoRestriction', strict), three)
  assert.equal(stricterValue('complexity', 'SpecialCharacters', strict), 'UpperLowerCaseNumericSpecialCharacters')
  assert.equal(stricterValue('complexity', 'AlphaNumeric', { among: [three] }), null, 'it no longer asks for a number')
  assert.equal(stricterValue('sessionTimeout', 'TwelveHours', { among: ['FifteenMinutes', 'TwoHours'] }), 'TwoHours')
  assert.equal(stricterValue('sessionTimeout', 'FifteenMinutes', { among: ['TwoHours'] }), null)
  assert.equal(stricterValue('minimumPasswordLength', 15, { atLeast: 12 }), null)
  assert.equal(stricterValue('minimumPasswordLength', 'odd', { atLeast: 12 }), null)
  assert.equal(stricterValue('x', 'odd', { is: true }), null)
})

const path = 'Security.passwordPolicies.minimumPasswordLength'
const control = controls.find(({ id }) => id === 'password-length')

void test('a profile that sets it instead is mended in its own component, and a stricter one is never touched', () => {
  assert(control !== undefined)
  const fix = settingFix(control)
  const facts = {
    settings: { [path]: known(8) },
    ...profilelist(
      { name: 'Old', overrides: known({ [path]: 5 }), overriddenBy: { ProfilePasswordPolicy: 'PT1_old' } },
      { name: 'Strict', overrides: known({ [path]: 20 }), overriddenBy: { ProfilePasswordPolicy: 'PT1_strict' } },
      { name: 'Unread', overrides: known({ [path]: 5 }) },
    ),
  }
  const findings = ['Old', 'Unread'].map((name) => ({ subject: `profile:${name}:${path}`, text: '', facts: {} }))
  const plan = fix?.plan(findings, snapshotOf(facts), { atLeast: 8 })
  assert.deepEqual(
    plan?.fixes.flatMap(({ change }) => change.components.map(({ type, fullName }) => [type, fullName])),
    [['ProfilePasswordPolicy', 'PT1_old']],
  )
  assert.match(plan?.unfixable[0]?.why ?? '', /Which component sets it/)
  const edit = plan?.fixes[0]?.change.components[0]?.edit
  const body: MetadataBody = { minimumPasswordLength: '5', passwordHistory: '3', profile: 'old' }
  assert.deepEqual(edit?.(body), { ...body, minimumPasswordLength: '8' })
  assert.deepEqual(edit?.({ ...body, minimumPasswordLength: '20' }), { ...body, minimumPasswordLength: '20' })
})

void test('what a profile says is the same in both directions', () => {
  for (const [where, value] of [
    ['Security.passwordPolicies.complexity', 'SpecialCharacters'],
    ['Security.passwordPolicies.expiration', 'NinetyDays'],
    ['Security.passwordPolicies.expiration', 'Never'],
    ['Security.passwordPolicies.lockoutInterval', 'Forever'],
    ['Security.passwordPolicies.maxLoginAttempts', 'ThreeAttempts'],
    ['Security.passwordPolicies.minimumPasswordLifetime', true],
    ['Security.passwordPolicies.questionRestriction', 'DoesNotContainPassword'],
    ['Security.passwordPolicies.historyRestriction', 5],
    ['Security.sessionSettings.sessionTimeout', 'TwoHours'],
    ['Security.sessionSettings.forceLogoutOnSessionTimeout', false],
  ] as const) {
    const words = inProfile(where, value)
    assert(words !== null, where)
    assert.equal(fromProfile(where, { [words.element]: words.text }), value, where)
  }
  assert.equal(inProfile('Security.sessionSettings.sessionTimeout', 'Soon'), null)
  assert.equal(inProfile('Security.sessionSettings.lockSessionsToIp', true), null)
})

void test('what is not in the org, what opens a way and what could shut everybody out is not for a fix', () => {
  assert(control !== undefined)
  const fix = settingFix(control)
  const finding = [{ subject: `setting:${path}`, text: '', facts: {} }]
  const absent = snapshotOf({ settings: { [path]: unknown('not-provisioned', 'this org has no such element') } })
  assert.match(fix?.plan(finding, absent, { atLeast: 8 }).unfixable[0]?.why ?? '', /no such element/)
  const component = fix?.plan(finding, snapshotOf({ settings: { [path]: known(5) } }), { atLeast: 8 }).fixes[0]?.change
  assert.throws(() => component?.components[0]?.edit({ passwordPolicies: {} }), /absent is not off/)
  for (const id of ['saml-enabled', 'sso-enforced', 'session-sms-identity']) {
    const one = controls.find((each) => each.id === id)
    assert(one !== undefined)
    const [where = ''] = one.settings ?? []
    const plan = settingFix(one)?.plan(
      [{ subject: `setting:${where}`, text: '', facts: {} }],
      snapshotOf({ settings: { [where]: known(false) } }),
      { is: true },
    )
    assert.deepEqual([plan?.fixes.length, plan?.unfixable.length], [0, 1], id)
  }
})
