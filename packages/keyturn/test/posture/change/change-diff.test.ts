/** What is shown of a change: a diff that patch tools read, without a secret, whatever the org’s names are. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeDiff } from '../../../src/posture/change/change-diff.ts'
import type { PreparedChange } from '../../../src/posture/change/prepare-change.ts'
import { changedElements, sameValue } from '../../../src/posture/change/same-body.ts'
import { isSecretElement, withoutSecrets } from '../../../src/posture/change/secret-element.ts'
import { unifiedDiff } from '../../../src/posture/change/unified-diff.ts'
import type { MetadataBody } from '../../../src/org/metadata-component.ts'
import { inApp, inSettings } from './changed-org.ts'

const prepared = (
  edit: PreparedChange['components'][number]['edit'],
  before: MetadataBody | null,
  after: MetadataBody,
): PreparedChange => ({ title: 't', components: [{ edit, before, after }], records: [], clicks: [] })

void test('a diff has three lines around what differs, and says where', () => {
  const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `line ${index + 1}`)
  const before = numbers(30).join('\n')
  const after = numbers(30)
    .flatMap((line) => (line === 'line 5' ? ['line 5a', 'line 5b'] : line === 'line 25' ? [] : [line]))
    .join('\n')
  assert.equal(
    unifiedDiff('a.txt', before, after),
    [
      '--- a/a.txt',
      '+++ b/a.txt',
      '@@ -2,7 +2,8 @@',
      ...[' line 2', ' line 3', ' line 4', '-line 5', '+line 5a', '+line 5b', ' line 6', ' line 7', ' line 8'],
      '@@ -22,7 +23,6 @@',
      ...[' line 22', ' line 23', ' line 24', '-line 25', ' line 26', ' line 27', ' line 28'],
      '',
    ].join('\n'),
  )
  assert.equal(unifiedDiff('n', null, 'x\n'), '--- /dev/null\n+++ b/n\n@@ -0,0 +1,1 @@\n+x\n')
  const [left, right] = [numbers(2500).join('\n'), numbers(2500).toReversed().join('\n')]
  assert(unifiedDiff('big', left, right).length > 0, 'two files without anything in common end')
})

void test('files are named as they lie in a project, and elements stand in their order', () => {
  const edit = inSettings('Security', [], undefined)
  const before = { sessionSettings: { a: 'true' }, passwordPolicies: { minimumPasswordLength: '8' } }
  const [file] = changeDiff(prepared(edit, before, { ...before, passwordPolicies: { minimumPasswordLength: 12 } }))
  assert.equal(file?.path, 'settings/Security.settings')
  assert.match(file.diff, /^--- a\/settings\/Security\.settings\n\+\+\+ b\/settings\/Security\.settings\n/)
  assert.match(file.diff, /\n-( {8})<minimumPasswordLength>8<\/minimumPasswordLength>\n\+\1<minimumPasswordLength>12</)
  assert.equal(
    changeDiff(prepared(inApp('a/b%', [], 1), null, { label: 'x' }))[0]?.path,
    'connectedApps/a%2Fb%25.connectedApp',
  )
})

void test('no secret is in a diff: the same one reads as one, another as another', () => {
  const before = {
    oauthConfig: { consumerSecret: 'TOP-ONE', securityToken: 'TOP-TWO', isSecretRequiredForToken: 'true' },
  }
  const after = {
    oauthConfig: { consumerSecret: 'TOP-NEW', securityToken: 'TOP-TWO', isSecretRequiredForToken: 'false' },
  }
  const [file] = changeDiff(prepared(inApp('Erp', [], 1), before, after))
  assert.doesNotMatch(file?.diff ?? '', /TOP/)
  assert.match(file?.diff ?? '', /-.*consumerSecret>\[secret\]</)
  assert.match(file?.diff ?? '', /\+.*consumerSecret>\[another secret\]</)
  assert.match(file?.diff ?? '', / .*securityToken>\[secret\]</)
  assert.match(file?.diff ?? '', /\+.*isSecretRequiredForToken>false</)
  for (const [name, value] of [
    ['password', 'x'],
    ['consumerSecret', 'x'],
    ['oauthToken', 'x'],
    ['privateKey', 'x'],
  ] as const)
    assert(isSecretElement(name, value), name)
  for (const [name, value] of [
    ['minimumPasswordLength', '8'],
    ['consumerKey', '3MVG9'],
    ['isSecretRequiredForRefreshToken', 'true'],
    ['refreshTokenPolicy', 'infinite'],
  ] as const)
    assert(!isSecretElement(name, value), name)
  assert.equal(withoutSecrets('bad secret TOP-ONE of TOP-ONE', ['TOP-ONE']), 'bad secret [secret] of [secret]')
})

void test('how the org writes a thing is no difference; what it says is', () => {
  assert(sameValue({ a: true, n: 3, one: ['x'], gone: [], none: null }, { one: 'x', n: '3', a: 'true' }))
  assert(sameValue(['b', 'a'], ['a', 'b']))
  assert(sameValue('-----BEGIN CERTIFICATE-----\nAB\nCD\n', '-----BEGIN CERTIFICATE-----ABCD'))
  assert(sameValue({ commaSeparatedProfile: 'Admin, Finance' }, { commaSeparatedProfile: 'Finance,Admin' }))
  const permission = (name: string, enabled: boolean): MetadataBody => ({ enabled, name })
  assert(sameValue([permission('A', true), permission('B', false)], permission('A', true)))
  assert(!sameValue([permission('A', true), permission('B', false)], [permission('A', true), permission('B', true)]))
  assert(!sameValue('a', 'b'))
  assert.deepEqual(changedElements({ a: { b: 1, c: 2 }, l: ['x'] }, { a: { b: 1, d: 3 }, l: ['x', 'y'] }), [
    ['a', 'c'],
    ['a', 'd'],
    ['l'],
  ])
})
