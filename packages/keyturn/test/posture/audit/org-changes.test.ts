/** What changed in an org is told in a bounded way, with something of every family. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeText, mostTold, orgChanges } from '../../../src/posture/audit/org-changes.ts'
import type { Change } from '../../../src/posture/compare.ts'
import { known } from '../../../src/posture/fact.ts'

const setting: Change = {
  family: 'settings',
  subject: 'setting:Security.sessionSettings.sessionTimeout',
  what: 'changed',
  field: 'value',
  before: known('TwoHours'),
  after: known('x'.repeat(5000)),
}

void test('a thousand new users do not hide the one setting, and no value is endless', () => {
  const users = Array.from({ length: 1000 }, (_, n): Change => {
    return { family: 'users', subject: `user:u${n}@acme.example`, what: 'added', field: null, before: null, after: {} }
  })
  const { total, families, told } = orgChanges(0, [...users, setting])
  assert.equal(total, 1001)
  assert.deepEqual(families, { users: 1000, settings: 1 })
  assert(told.length <= mostTold)
  const [one] = told.filter(({ family }) => family === 'settings')
  assert(one)
  assert.equal(one.before, 'TwoHours')
  assert.equal(one.after?.length, 200)
  assert.match(changeText(one), /^changed setting:Security\.sessionSettings\.sessionTimeout value: TwoHours → x+…$/)
  assert.equal(told[0] === undefined ? '' : changeText(told[0]), 'new user:u0@acme.example')
})
