/** A new app among the others of an org: only what is said of it counts, and what nobody read is not called passed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allControls } from '../../../src/posture/controls/registry.ts'
import { applist, hidden, now } from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { AppFact, Facts } from '../../../src/posture/facts.ts'
import { noFacts } from '../../../src/posture/no-facts.ts'
import { judgeAppIn } from '../../../src/posture/provision/judge-app.ts'
import type { AppJudgement } from '../../../src/posture/provision/judge-app.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'

const controls = await allControls()

const judged = (facts: Partial<Facts>, reasons: Parameters<typeof judgeAppIn>[3] = {}): AppJudgement => {
  const org = { id: '00D', name: 'Acme', sandbox: false, instanceUrl: '' }
  const snapshot = { takenAt: now, org, facts: { ...noFacts, ...facts } } as unknown as Snapshot
  return judgeAppIn(snapshot, controls, 'Erp', reasons)
}

const ids = (found: readonly { readonly control: string }[]): readonly string[] => found.map(({ control }) => control)
const careless: Partial<AppFact> = { name: 'Other', label: 'Other', rotation: known(false), pkceRequired: known(false) }

test('a good app is good whatever is wrong with the others', () => {
  const { failed, unknown, passed } = judged(applist(careless, {}))
  assert.deepEqual([failed, unknown], [[], []])
  assert.ok(passed.includes('app-rotation-enabled') && passed.length > 10)
})

test('what is wrong is named, each way for itself; a reason excuses what it is about and nothing else', () => {
  for (const [id, changes] of [
    ['app-rotation-enabled', { rotation: known(false) }],
    ['app-pkce-required', { pkceRequired: known(false) }],
    ['app-idle-ttl', { idleTtl: known(false) }],
    ['app-token-ip-allowlist', { tokenIpRanges: known([]) }],
    ['app-scope-full', { scopes: known(['Full', 'RefreshToken']) }],
    ['app-permitted-users', { permittedUsers: known('all') }],
  ] as const)
    assert.deepEqual(ids(judged(applist(careless, changes as Partial<AppFact>)).failed), [id])
  const wide = applist({ tokenIpRanges: known([]), rotation: known(false) })
  const { failed, accepted } = judged(wide, { anywhere: 'people on the move' })
  assert.deepEqual([ids(failed), ids(accepted)], [['app-rotation-enabled'], ['app-token-ip-allowlist']])
})

test('what could not be read is unknown, of one element and of all', () => {
  assert.deepEqual(ids(judged(applist({ idleTtl: hidden }, { name: 'Other', label: 'Other' })).unknown), [
    'app-idle-ttl',
  ])
  const { passed, unknown } = judged({ apps: hidden })
  assert.deepEqual(passed, [])
  assert.ok(unknown.length > 10)
})
