/** The permission set that asks privileged people for a second factor: over the wire, twice, and never with more in it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readComponent } from '../../../src/org/metadata-component.ts'
import { applyChange } from '../../../src/posture/change/apply-change.ts'
import { isEmpty, prepareChange } from '../../../src/posture/change/prepare-change.ts'
import { control } from '../../../src/posture/controls/people-mfa-asked/control.ts'
import { fix, setName } from '../../../src/posture/controls/people-mfa-asked/fix.ts'
import { hidden, sampleUser } from '../../../src/posture/controls/sample-facts.ts'
import { known } from '../../../src/posture/fact.ts'
import type { UserFact } from '../../../src/posture/facts.ts'
import { stillWrong } from '../../../src/posture/fix/find-fixes.ts'
import { administrator, changedOrg } from '../change/changed-org.ts'
import { snapshotOf } from '../fix/planned.ts'

const found = (...users: readonly string[]) => users.map((user) => ({ subject: `user:${user}`, text: '', facts: {} }))
const path = 'Security.sessionSettings.enableMFADirectUILoginOptIn'

const planned = (users: readonly UserFact[], ...named: readonly string[]) =>
  fix.plan(found(...named), snapshotOf({ users: known(users) }), {})

test('it makes the set, assigns it, and asks for nothing else; who has it already is left', async (t) => {
  const { org, waiting } = await changedOrg(t)
  const [row] = await org.query(`SELECT Id FROM User WHERE Username = '${administrator}'`)
  const user = sampleUser({ id: String(row?.['Id']), username: administrator, systemAdministrator: true })
  const [one] = planned([user], administrator).fixes
  assert(one !== undefined)
  assert.deepEqual(one.restricts, [{ is: 'mfa', users: [administrator] }])
  const applied = await applyChange(org, await prepareChange(org, one.change), waiting)
  assert.equal(applied.is, 'applied', applied.texts.join())
  const assigned = await org.query(
    `SELECT Assignee.Username FROM PermissionSetAssignment WHERE PermissionSet.Name = '${setName}'`,
  )
  assert.equal(assigned.length, 1)
  const made = await readComponent(org, { type: 'PermissionSet', fullName: setName })
  assert.deepEqual([made?.['userPermissions']].flat(), [{ enabled: 'true', name: 'ForceTwoFactor' }])
  const [again] = planned([{ ...user, permissionSets: known([setName]) }], administrator).fixes
  assert(again !== undefined && isEmpty(await prepareChange(org, again.change)))
})

test('a set of that name that gives more is not assigned to anybody', async (t) => {
  const { org, deployed } = await changedOrg(t)
  await deployed({
    type: 'PermissionSet',
    fullName: setName,
    edit: () => ({
      label: 'x',
      hasActivationRequired: 'false',
      userPermissions: [{ enabled: 'true', name: 'ApiEnabled' }],
    }),
  })
  const [one] = planned([sampleUser({ username: administrator })], administrator).fixes
  assert(one !== undefined)
  await assert.rejects(prepareChange(org, one.change), {
    code: 'ORG_REFUSED',
    message: /holds more than ForceTwoFactor/,
  })
})

test('a set the org does not show is told, and no assignment is sent', async (t) => {
  const { org, waiting } = await changedOrg(t)
  const [one] = planned([sampleUser({ username: administrator })], administrator).fixes
  assert(one !== undefined)
  const applied = await applyChange(org, await prepareChange(org, { ...one.change, components: [] }), waiting)
  assert.notEqual(applied.is, 'applied')
  assert.match(applied.texts.join(), /does not show one PermissionSet Keyturn_MFA_For_UI_Logins/)
})

test('who was not read is left to a person', () => {
  const { fixes, unfixable } = planned([], 'ghost@acme.example')
  assert.deepEqual([fixes, unfixable.map(({ subject }) => subject)], [[], ['user:ghost@acme.example']])
})

test('mended is mended, though others can’t be judged; of a whole family unread nothing is', () => {
  const [ann, who] = [
    sampleUser({ username: 'ann@example.com', systemAdministrator: true, permissions: known(['ForceTwoFactor']) }),
    sampleUser({ username: 'who@example.com', systemAdministrator: true, nature: { is: 'unknown', why: 'no login' } }),
  ]
  const fixed = [{ control, subjects: ['user:ann@example.com'] }]
  const settings = { [path]: known(false) }
  assert.deepEqual(stillWrong(fixed, snapshotOf({ users: known([ann, who]), settings }), 'baseline'), [])
  assert.equal(stillWrong(fixed, snapshotOf({ users: hidden, settings }), 'baseline').length, 1)
  const undone = { ...ann, permissions: known([]) }
  assert.equal(stillWrong(fixed, snapshotOf({ users: known([undone, who]), settings }), 'baseline').length, 1)
})
