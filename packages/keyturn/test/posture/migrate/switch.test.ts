/** Who counts as using the old app, and the plan for the switch. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { known } from '../../../src/posture/fact.ts'
import type { CutOff } from '../../../src/posture/impact/impact.ts'
import { switchPlan } from '../../../src/posture/migrate/switch-plan.ts'
import type { Planning } from '../../../src/posture/migrate/switch-plan.ts'
import { switchState } from '../../../src/posture/migrate/switch-state.ts'

const day = 86_400_000
const now = 1_800_000_000_000

const use = (user: string, ago: number | null, uses = 1, client: string | null = null): CutOff => ({
  ...{ user, app: 'Erp', way: 'refresh token', client, addresses: [], uses, why: 'it would be blocked' },
  last: ago === null ? null : now - ago * day,
})

void test('a token that was refreshed counts, one that is older does not, and what can’t be read is never nobody', () => {
  const state = (cutOff: readonly CutOff[], blind: readonly string[] = [], possible: readonly CutOff[] = []) =>
    switchState({ cutOff, possible, blind }, { now, days: 14 })
  assert.equal(state([use('a', 3)]).is, 'in-use')
  assert.equal(state([use('a', 13.99)]).is, 'in-use')
  assert.equal(state([use('a', 14)]).is, 'drained')
  assert.equal(state([], [], [use('a', 1)]).is, 'in-use', 'perhaps is no drain')
  assert.equal(state([use('a', null)]).is, 'drained')
  assert.deepEqual(state([use('a', null)]).quiet.length, 1)
  assert.equal(state([], ['logins: not seen']).is, 'unknown')
  assert.equal(state([use('a', 2)], ['logins: not seen']).is, 'in-use')
})

const planning: Planning = {
  ...{ from: 'Erp', to: 'Erp_ECA', hardened: false, delivered: null, days: 14, todos: [] },
  flows: known(['web-server', 'jwt-bearer']),
  permittedUsers: known('admin'),
  uses: [use('person@x', 1, 3), use('busy@x', 1, 500), use('Machine@x', 1, 90_000, 'python')],
  machines: new Set(['machine@x']),
}

void test('machines are moved first, then people, the busiest last; block comes after the wait and delete at the end', () => {
  const { order, steps } = switchPlan(planning)
  assert.deepEqual(
    order.map(({ user }) => user),
    ['Machine@x', 'person@x', 'busy@x'],
  )
  const titles = steps.map(({ title }) => title)
  const at = (start: string): number => titles.findIndex((title) => title.startsWith(start))
  assert(at('Make') === 0 && at('Move') < at('Wait') && at('Wait') < at('Block') && at('Block') < at('Revoke'))
  assert.equal(at('Revoke'), titles.length - 1)
})

void test('the plan speaks of the flows that the app has, of what is not carried, and of who may use it', () => {
  const text = (more: Partial<Planning> = {}): string => JSON.stringify(switchPlan({ ...planning, ...more }).steps)
  assert.match(text(), /`iss` becomes the new key/)
  assert.doesNotMatch(text(), /confirms a new code/)
  assert.match(text({ flows: known(['device']) }), /confirms a new code/)
  assert.match(text({ todos: ['Make the canvas anew.'] }), /Make the canvas anew/)
  assert.match(text({ permittedUsers: known('all') }), /Decide who may use it/)
  assert.match(text({ hardened: true }), /rehearse each client first/)
  assert.match(text({ delivered: 'vault:erp' }), /They are in vault:erp/)
})
