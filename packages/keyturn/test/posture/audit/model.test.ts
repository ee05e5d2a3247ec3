/** The model of an audit: score, waivers, trend, outcome, preflight. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { outcomeOf } from '../../../src/posture/audit/outcome.ts'
import { lacksOf } from '../../../src/posture/audit/preflight.ts'
import type { AuditPermission } from '../../../src/posture/collectors/own-permissions.ts'
import { ownParametersForm } from '../../../src/posture/audit/own-parameters-form.ts'
import { withOwnParameters } from '../../../src/posture/audit/own-parameters.ts'
import { unknownGroups } from '../../../src/posture/audit/unknown-groups.ts'
import { allControls } from '../../../src/posture/controls/registry.ts'
import { waiverForm, waiversForm } from '../../../src/posture/waivers/waiver-form.ts'
import { isExpired, subjectFits } from '../../../src/posture/waivers/waiver.ts'
import type { Waiver } from '../../../src/posture/waivers/waiver.ts'
import { audit, control, day, evidenceOf, failed, judged, pass, takenAt, unknown } from './sample-audit.ts'

const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
  control: 'a',
  subject: '*',
  reason: 'the vendor moves in March',
  owner: 'sales-ops@acme.example',
  expires: '2026-12-31',
  ...changes,
})

const verdictOf = (report: ReturnType<typeof audit>, id: string): string | undefined =>
  report.results.find((one) => one.control === id)?.verdict

test('the score leaves out what is unknown, and says between which scores it could make it', () => {
  const { score } = audit([
    judged(control('a', 'critical'), pass),
    judged(control('b', 'high'), failed('app:Erp')),
    judged(control('c', 'high'), unknown('apps')),
    judged(control('d', 'critical'), { verdict: 'not-applicable', why: 'none', evidence: [] }),
    judged(control('e', 'info'), failed('app:Erp')),
  ])
  assert.deepEqual([score.value, score.atLeast, score.atMost, score.unknownShare], [66, 50, 75, 25])
})

test('a score of 100 is everything, and where nothing was judged there is none', () => {
  const many = Array.from({ length: 300 }, (_, at) => judged(control(`c${at}`, 'high'), pass))
  assert.equal(audit(many).score.value, 100)
  assert.equal(audit([...many, judged(control('x', 'low'), failed('app:Erp'))]).score.value, 99)
  assert.equal(audit([judged(control('x', 'low'), unknown('apps'))]).score.value, null)
})

test('a waiver over all that fails does not make a pass of what could not be judged', () => {
  const half = { ...failed('app:Erp'), undecided: [evidenceOf('app:Crm', 'nobody can tell')] }
  const report = audit([judged(control('a', 'high'), half)], { waivers: [waiver()] })
  assert.equal(verdictOf(report, 'a'), 'unknown')
  assert.equal(report.results.find((one) => one.control === 'a')?.waived.length, 1)
  assert.equal(outcomeOf(report, { failOn: 'high', failOnUnknown: true }).exit, 9)
})

test('a waiver says nothing of what is unknown, and is not called unused then', () => {
  const report = audit([judged(control('a', 'high'), unknown('app:Erp'))], { waivers: [waiver()] })
  assert.equal(verdictOf(report, 'a'), 'unknown')
  assert.equal(report.waivers[0]?.state, 'undecided')
  assert.equal(verdictOf(report, 'waiver-unused'), 'pass')
})

test('a waiver for a control that this audit does not ask is left alone; one for no control is told', () => {
  const list = [judged(control('b', 'high'), pass)]
  assert.equal(audit(list, { waivers: [waiver()], known: ['a', 'b'] }).waivers[0]?.state, 'not-asked')
  const report = audit(list, { waivers: [waiver()], known: ['b'] })
  assert.equal(report.waivers[0]?.state, 'unknown-control')
  assert.equal(verdictOf(report, 'waiver-unused'), 'fail')
})

test('waivers hold to the end of their day, and are no part of the score or the counts', () => {
  const end = Date.parse('2026-12-31') + day
  assert.equal(isExpired(waiver(), end - 1), false)
  assert.equal(isExpired(waiver(), end), true)
  const list = [judged(control('a', 'high'), pass)]
  const report = audit(list, { waivers: [waiver({ expires: '2020-01-01' })] })
  assert.equal(verdictOf(report, 'waiver-expired'), 'fail')
  assert.equal(report.score.value, 100)
  assert.deepEqual(report.counts, { pass: 1, fail: 0, unknown: 0, waived: 0, 'not-applicable': 0 })
})

test('a subject fits a pattern by its parts, in order, without overlap, and in no time', () => {
  const fits: readonly (readonly [string, string, boolean])[] = [
    ['app:Erp', 'app:Erp', true],
    ['app:Erp', 'app:Erp2', false],
    ['app:*', 'app:', true],
    ['*', '', true],
    ['app:a*a', 'app:a', false],
    ['app:a*a', 'app:aa', true],
    ['user:*@acme.*', 'user:ann@acme.example', true],
    ['user:*@acme.*', 'user:ann@other.example', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['app:.*', 'app:Erp', false],
  ]
  for (const [pattern, subject, expected] of fits)
    assert.equal(subjectFits(pattern, subject), expected, `${pattern} ${subject}`)
  assert.equal(subjectFits(`${'*a'.repeat(200)}b`, 'a'.repeat(20_000)), false)
})

test('a waiver needs a reason, an owner and a day of the calendar', () => {
  assert.equal(waiverForm.safeParse(waiver()).success, true)
  for (const bad of [
    { reason: 'x' },
    { owner: '' },
    { expires: '2026-02-30' },
    { expires: 'never' },
    { subject: '' },
    { control: 'A b' },
    { x: 1 },
  ])
    assert.equal(waiverForm.safeParse({ ...waiver(), ...bad }).success, false, JSON.stringify(bad))
})

test('the trend: a finding that was waived since is not mended, and one of a hidden control not either', () => {
  const earlier = [
    {
      takenAt: takenAt - day,
      judged: [judged(control('a', 'high'), failed('app:A', 'app:B')), judged(control('b', 'low'), failed('app:C'))],
    },
  ]
  const now = [judged(control('a', 'high'), failed('app:A')), judged(control('b', 'low'), unknown('apps'))]
  const { trend } = audit(now, { earlier, waivers: [waiver({ subject: 'app:A' })] })
  const subjects = (list: readonly { readonly subject: string }[] = []) => list.map(({ subject }) => subject)
  assert.deepEqual(subjects(trend?.mended), ['app:B'])
  assert.deepEqual(subjects(trend?.waived), ['app:A'])
  assert.deepEqual(subjects(trend?.outOfSight), ['app:C'])
  assert.deepEqual(subjects(trend?.fresh), [])
  assert.equal(trend?.remaining, 0)
  assert.deepEqual(
    trend?.points.map(({ takenAt: at }) => at),
    [takenAt - day, takenAt],
  )
})

test('the outcome looks from the severity on that was asked for', () => {
  const report = audit([judged(control('a', 'medium'), failed('app:A')), judged(control('b', 'low'), unknown('apps'))])
  const exit = (failOn: 'high' | 'medium' | 'low' | null, failOnUnknown = false): number =>
    outcomeOf(report, { failOn, failOnUnknown }).exit
  assert.deepEqual([exit('high'), exit('medium'), exit('low'), exit(null)], [0, 1, 1, 0])
  assert.deepEqual([exit('high', true), exit(null, true), exit('low', true)], [0, 9, 1])
})

test('what is unknown is told by its reason: one missing permission once, with all it hides', () => {
  const list = [
    judged(control('a', 'low'), unknown('app:A', 'app:B')),
    judged(control('b', 'critical'), unknown('app:A')),
  ]
  const [group, ...others] = unknownGroups(audit(list).results)
  assert.equal(others.length, 0)
  assert.equal(group?.missing, 'Customize Application')
  assert.deepEqual(
    group?.controls.map((one) => one.control),
    ['b', 'a'],
  )
  assert.deepEqual(group?.subjects, ['app:A', 'app:B'])
})

test('doubts of one kind are told once, however each of them is worded', () => {
  const open = ['user:a', 'user:b'].map((subject) => ({
    subject,
    text: `${subject}: a machine or a person`,
    facts: { doubt: 'Whether these are machines nobody can tell' },
  }))
  const judgement = { verdict: 'unknown' as const, why: 'two doubts', evidence: open }
  const [group, ...others] = unknownGroups(audit([judged(control('a', 'low'), judgement)]).results)
  assert.equal(others.length, 0)
  assert.equal(group?.reason, 'Whether these are machines nobody can tell')
  assert.deepEqual(group?.subjects, ['user:a', 'user:b'])
})

test('a line of the checklist shows its gravest findings first', () => {
  const of = { catalogues: { checklist: ['1'] } }
  const list = [
    judged(control('a', 'low', of), failed('app:A')),
    judged(control('b', 'critical', of), failed('app:B')),
    judged(control('c', 'high', of), failed('app:C')),
  ]
  const [line] = audit(list, { checklist: [{ id: '1', title: 'Apps', matters: 'They do.' }] }).results
  assert.deepEqual(
    line?.findings.map(({ subject }) => subject),
    ['app:B', 'app:C', 'app:A'],
  )
  assert.equal(line?.severity, 'critical')
  const [open] = audit([judged(control('a', 'low', of), unknown('app:A'))], {
    checklist: [{ id: '1', title: 'Apps', matters: 'They do.' }],
  }).results
  assert.equal(open?.because, 'the auditor may not see it (needs Customize Application)')
})

test('preflight names what to give and what it would show; who has all lacks nothing', () => {
  const chosen = [{ control: control('a', 'high', { families: ['tokens', 'auditTrail'] }), parameters: {} }]
  const names = (own: readonly AuditPermission[]) => lacksOf(chosen, new Set(own)).map(({ permission }) => permission)
  assert.deepEqual(names([]).toSorted(), ['Customize Application', 'View All Users', 'View Setup and Configuration'])
  assert.deepEqual(names(['CustomizeApplication', 'ManageUsers', 'ViewSetupAuditTrail']), [])
})

test('what the how-to writes into keyturn.yaml can stand there', async () => {
  const page = readFileSync(new URL('../../../../../docs/how-to/audit-an-org.md', import.meta.url), 'utf8')
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml = '']) => parse(yaml) as object)
  const example = Object.assign({}, ...examples) as { readonly waivers: unknown; readonly controls: unknown }
  assert.equal(waiversForm.safeParse(example.waivers).success, true)
  const own = ownParametersForm.parse(example.controls)
  assert.equal(Object.keys(own).length, 3)
  withOwnParameters(await allControls(), own)
})
