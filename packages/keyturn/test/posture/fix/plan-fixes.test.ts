/** The plan: every finding is either mended or said to be somebody else’s, and safe is only what nobody doubts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allControls } from '../../../src/posture/controls/registry.ts'
import { now, sampleApp } from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { Facts } from '../../../src/posture/facts.ts'
import { findWrong, onlySubjects, stillWrong } from '../../../src/posture/fix/find-fixes.ts'
import { isSafe, joinFixes, planFixes } from '../../../src/posture/fix/plan-fixes.ts'
import type { ImpactedFix } from '../../../src/posture/fix/plan-fixes.ts'
import { safeTogether } from '../../../src/posture/fix/safe-together.ts'
import { fixOf } from '../../../src/posture/fix/registry.ts'
import type { Impact } from '../../../src/posture/impact/impact.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'
import { snapshot as head } from '../audit/sample-audit.ts'

const controls = await allControls()
const length = 'Security.passwordPolicies.minimumPasswordLength'

const snapshotOf = (facts: Partial<Facts>): Snapshot => ({
  ...{ ...head, takenAt: now },
  format: 'keyturn-snapshot/1',
  families: ['settings'],
  facts: { ...noFacts, profiles: known([]), ...facts },
})

const evidenceOf = ({ facts }: Snapshot) => ({
  ...{ facts, callers: [], takenAt: now },
  self: { username: 'admin@acme.example', app: null, address: null, flow: null },
})

const short = snapshotOf({ settings: { [length]: known(5) }, apps: known([sampleApp({ pkceRequired: known(false) })]) })

const waiver = {
  ...{ control: 'password-length', subject: `setting:${length}`, reason: 'later', owner: 'a@b.example' },
  expires: '2999-12-31',
}

test('a waived finding is somebody’s decision; the checklist’s profile finds controls, not lines', () => {
  const of = (waivers: readonly (typeof waiver)[]) =>
    findWrong({
      ...{ controls, snapshot: short, profile: 'baseline', control: 'password-length', waivers, judgedAt: now },
    })
  assert.equal(of([]).found.length, 1)
  const { found, results } = of([waiver])
  assert.equal(found.length, 0)
  assert.equal(results[0]?.waived.length, 1)
  assert.throws(() => onlySubjects(found, [`setting:${length}`], results[0]), /is waived/)
  assert.throws(() => onlySubjects(of([]).found, ['setting:x'], undefined), /is no finding/)
  const lines = findWrong({
    ...{ controls, snapshot: short, profile: 'integration', control: null, waivers: [], judgedAt: now },
  })
  assert(lines.found.some(({ control }) => control.id === 'app-pkce-required'))
})

test('what a fix says nothing about, and what it stumbles over, has a remedy for a person', async () => {
  const control = controls.find(({ id }) => id === 'password-length')
  const byHand = controls.find(({ id }) => id === 'trusted-ranges')
  assert(control !== undefined && byHand !== undefined)
  const finding = (subject: string) => ({ subject, text: '', facts: {} })
  const found = [
    { control, parameters: { atLeast: 8 }, findings: [finding(`setting:${length}`), finding('setting:other')] },
    { control: byHand, parameters: {}, findings: [finding('setting:ranges')] },
  ]
  const plan = await planFixes(found, short, evidenceOf(short))
  assert.deepEqual(
    plan.fixes.map(({ subjects }) => subjects),
    [[`setting:${length}`]],
  )
  assert.deepEqual(
    plan.unfixable.map(({ subject }) => subject),
    ['setting:other', 'setting:ranges'],
  )
  assert.equal(plan.unfixable[1]?.why, byHand.remedy)
  const odd = snapshotOf({ settings: null as never })
  const stumbled = await planFixes(found.slice(0, 1), odd, evidenceOf(odd))
  assert.deepEqual(stumbled.fixes, [])
  assert.match(stumbled.unfixable[0]?.why ?? '', /cannot read/)
})

const nobody: Impact = { days: 90, cutOff: [], possible: [], blind: [], locksOutSelf: false }

test('safe is what cuts off nobody, leaves nothing unseen, and needs no person', () => {
  const edit = { type: 'Settings', fullName: 'Security', edit: () => ({}) }
  const change = { title: 't', components: [edit], records: [], clicks: [] }
  assert(isSafe({ impact: nobody, change }))
  const cutOff: Impact['cutOff'] = [
    { user: 'a', app: null, way: null, client: null, addresses: [], uses: 1, last: null, why: 'x' },
  ]
  for (const impact of [
    { ...nobody, cutOff },
    { ...nobody, possible: cutOff },
    { ...nobody, blind: ['logins'] },
    { ...nobody, locksOutSelf: true },
  ])
    assert(!isSafe({ impact, change }))
  assert(!isSafe({ impact: nobody, change: { ...change, clicks: ['Setup'] } }))
  assert(!isSafe({ impact: nobody, change: { ...change, components: [] } }))
})

test('read again: what is still wrong, and what can’t be judged any more, is not mended', () => {
  const control = controls.find(({ id }) => id === 'password-length')
  assert(control !== undefined)
  const fixed = [{ control, subjects: [`setting:${length}`] }]
  const of = (facts: Partial<Facts>) => stillWrong(fixed, snapshotOf(facts), 'baseline').length
  assert.equal(of({ settings: { [length]: known(8) } }), 0)
  assert.equal(of({ settings: { [length]: known(7) } }), 1)
  assert.equal(of({ settings: {} }), 1)
  const another = [{ control, subjects: [`profile:Old:${length}`] }]
  assert.equal(
    stillWrong(another, snapshotOf({ settings: { [length]: known(5) } }), 'baseline').length,
    0,
    'only what was to be mended counts',
  )
})

test('several fixes are one change; who is cut off by two of them is listed once', async () => {
  const control = controls.find(({ id }) => id === 'password-length')
  assert(control !== undefined)
  const found = [
    { control, parameters: { atLeast: 8 }, findings: [{ subject: `setting:${length}`, text: '', facts: {} }] },
  ]
  const [one] = (await planFixes(found, short, evidenceOf(short))).fixes
  assert(one !== undefined)
  const { change } = joinFixes('Both', [one, one])
  assert.deepEqual([change.title, change.components.length], ['Both', 2])
  assert.equal(joinFixes('x', [one]).change.title, one.change.title)
})

test('every fix in a control’s folder is found, and is of its control', async () => {
  const own = await Promise.all(controls.map(async (control) => [control.id, await fixOf(control)] as const))
  for (const [id, fix] of own) assert(fix === null || fix.control === id, id)
  assert(own.filter(([, fix]) => fix !== null).length > 60)
})

test('safe alone is not safe together: what another fix relies on is left for the next run', async () => {
  const [a, b] = ['password-expiration', 'user-password-never-expires'].map((id) =>
    controls.find((one) => one.id === id),
  )
  assert(a !== undefined && b !== undefined)
  const edit = { type: 'Settings', fullName: 'Security', edit: () => ({}) }
  const change = { title: 't', components: [edit], records: [], clicks: [] }
  const fix = (control: typeof a, ...restricts: ImpactedFix['restricts']): ImpactedFix => ({
    ...{ control, parameters: {}, subjects: [], change, restricts, impact: nobody },
  })
  const expire = fix(a, { is: 'passwords-expire', profile: null, days: 90 })
  const exempt = fix(b, { is: 'permission-removed', permission: 'PasswordNeverExpires', users: [] })
  const plain = fix(b, { is: 'nothing', why: 'x' })
  assert.deepEqual(safeTogether([expire, exempt, plain]), { now: [expire, plain], later: [exempt] })
  assert.deepEqual(safeTogether([exempt, expire]).later, [expire])
  const ranges = fix(a, { is: 'login-addresses', profile: null, ranges: [] })
  const relaxed = fix(b, { is: 'app-addresses', app: 'x' })
  assert.deepEqual(safeTogether([ranges, relaxed]), { now: [ranges], later: [relaxed] })
  assert.deepEqual(safeTogether([ranges, ranges]).later, [], 'of one control they were planned together')
  assert.deepEqual(safeTogether([{ ...ranges, impact: { ...nobody, blind: ['x'] } }]), { now: [], later: [] })
})
