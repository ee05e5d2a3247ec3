/** SARIF 2.1.0, against the requirements of its schema and of the code host that reads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asSarif } from '../../../src/posture/audit/formats/sarif.ts'
import type { AuditReport } from '../../../src/posture/audit/report.ts'
import { audit, control, failed, hostile, hostileAudit, judged, unknown } from './sample-audit.ts'

type Sarif = Record<string, any> // oxlint-disable-line typescript/no-explicit-any -- what a test expects of the shape is what it asserts

const sarifOf = (report: AuditReport): Sarif => JSON.parse(asSarif(report, '1.2.3')) as Sarif

/** What the schema requires of the parts that are used, its closed lists of words, and no property it doesn't know. */
const conforms = (log: Sarif): void => {
  const known = (value: Sarif, names: string): void =>
    assert.deepEqual(
      Object.keys(value).filter((name) => !names.split(' ').includes(name)),
      [],
    )
  known(log, '$schema version runs')
  assert.equal(log['version'], '2.1.0')
  for (const run of log['runs']) {
    known(run, 'tool automationDetails invocations results properties')
    known(run.tool.driver, 'name semanticVersion rules')
    assert.match(run.tool.driver.semanticVersion, /^\d+\.\d+\.\d+/)
    const ids = run.tool.driver.rules.map((rule: Sarif) => rule['id'])
    assert.equal(new Set(ids).size, ids.length, 'rules are unique')
    for (const rule of run.tool.driver.rules) {
      known(rule, 'id name shortDescription fullDescription help defaultConfiguration properties')
      for (const part of ['shortDescription', 'fullDescription', 'help']) assert(rule[part].text.length > 0)
      assert(['none', 'note', 'warning', 'error'].includes(rule.defaultConfiguration.level))
      assert(rule.properties.tags.length <= 20, 'no more tags than are kept')
    }
    for (const invocation of run.invocations) {
      known(invocation, 'executionSuccessful startTimeUtc endTimeUtc toolExecutionNotifications')
      assert.equal(typeof invocation.executionSuccessful, 'boolean')
      for (const notification of invocation.toolExecutionNotifications) {
        known(notification, 'level message associatedRule')
        assert(notification.message.text.length > 0)
      }
    }
    const prints = run.results.map((result: Sarif) => result['partialFingerprints'].primaryLocationLineHash)
    assert.equal(new Set(prints).size, prints.length, 'fingerprints are unique')
    for (const result of run.results) {
      known(result, 'ruleId ruleIndex kind level message locations partialFingerprints suppressions properties')
      assert.equal(ids[result.ruleIndex], result.ruleId)
      assert(['fail', 'open'].includes(result.kind))
      // §3.27.10: where the kind is not fail the level is none.
      if (result.kind !== 'fail') assert.equal(result.level, 'none')
      assert(result.message.text.length > 0 && result.message.text.length <= 1300)
      for (const { physicalLocation, logicalLocations } of result.locations) {
        assert.match(physicalLocation.artifactLocation.uri, /^[\w/.-]+$/, 'a relative reference')
        assert(physicalLocation.region.startLine >= 1)
        for (const logical of logicalLocations) known(logical, 'name fullyQualifiedName kind')
      }
      for (const suppression of result.suppressions ?? []) {
        known(suppression, 'kind status justification')
        assert(['inSource', 'external'].includes(suppression.kind))
        assert(['accepted', 'underReview', 'rejected'].includes(suppression.status))
      }
    }
  }
}

test('the log has what the schema requires, with hostile names too', () => conforms(sarifOf(hostileAudit())))

test('an audit without controls is a log without results', () => {
  const log = sarifOf(audit([]))
  conforms(log)
  assert.deepEqual(log['runs'][0].results, [])
})

test('a finding keeps its fingerprint when others come and go', () => {
  const of = (...subjects: readonly string[]): ReadonlyMap<string, string> =>
    new Map(
      sarifOf(audit([judged(control('a', 'high'), failed(...subjects))]))['runs'][0].results.map((one: Sarif) => [
        one['locations'][0].logicalLocations[0].fullyQualifiedName,
        one['partialFingerprints'].primaryLocationLineHash,
      ]),
    )
  assert.equal(of('app:A', 'app:B').get('app:B'), of('app:B', 'app:C', 'app:D').get('app:B'))
})

test('what could not be judged is an open result and a notification, and no alert of a severity', () => {
  const [run] = sarifOf(audit([judged(control('a', 'critical'), unknown('apps'))]))['runs']
  assert.deepEqual(
    run.results.map(({ kind, level }: Sarif) => [kind, level]),
    [['open', 'none']],
  )
  assert.match(run.invocations[0].toolExecutionNotifications[0].message.text, /Could not be judged/)
})

test('waived findings are suppressed with who answers for them', () => {
  const results: readonly Sarif[] = sarifOf(hostileAudit())['runs'][0].results
  const waived = results.filter(({ ruleId }) => ruleId === 'app-secret')
  assert.equal(waived.length, 1)
  assert(String(waived[0]?.['suppressions'][0].justification).includes(hostile[0]))
})

test('of more results than a code host shows the worst are kept, and the log says so', () => {
  const many = Array.from({ length: 5200 }, (_, at) => `app:${at}`)
  const log = sarifOf(
    audit([judged(control('minor', 'low'), failed(...many)), judged(control('grave', 'critical'), failed('app:x'))]),
  )
  conforms(log)
  const [run] = log['runs']
  assert.equal(run.results.length, 5000)
  assert.equal(run.results[0].ruleId, 'grave')
  assert.match(run.invocations[0].toolExecutionNotifications.at(-1).message.text, /5000 worst of 5201/)
})
