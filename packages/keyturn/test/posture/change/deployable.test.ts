/** What is in the file of a deployment: everything, but for what an update may not say; of a profile what differs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { elementsOf, isOn, readComponent } from '../../../src/org/metadata-component.ts'
import { applyChange } from '../../../src/posture/change/apply-change.ts'
import { deployable } from '../../../src/posture/change/deployable.ts'
import { prepareChange } from '../../../src/posture/change/prepare-change.ts'
import { changeOf, changedOrg, inApp } from './changed-org.ts'

void test('of an app everything is sent but its key and secrets; of a new one everything', () => {
  const body = { label: 'Erp', oauthConfig: { consumerKey: 'K', consumerSecret: 'S', isPkceRequired: 'false' } }
  const after = { label: 'Erp', oauthConfig: { consumerKey: 'K', consumerSecret: 'S', isPkceRequired: 'true' } }
  const edit = inApp('Erp', [], undefined)
  assert.deepEqual(deployable(edit, body, after).body, { label: 'Erp', oauthConfig: { isPkceRequired: 'true' } })
  assert.deepEqual(deployable(edit, null, after).body, after)
})

void test('of a profile only what differs is sent, and address ranges as a whole', () => {
  const edit = { type: 'Profile', fullName: 'Sales', edit: () => ({}) }
  const permission = (name: string, enabled: string) => ({ enabled, name })
  const range = (end: string) => ({ startAddress: '203.0.113.1', endAddress: end })
  const before = {
    custom: 'true',
    userPermissions: [permission('ApiEnabled', 'true'), permission('ViewSetup', 'true')],
    loginIpRanges: range('203.0.113.255'),
    layoutAssignments: [{ layout: 'Account-Odd' }],
  }
  const after = {
    ...before,
    userPermissions: [permission('ApiEnabled', 'false'), permission('ViewSetup', 'true')],
    loginIpRanges: [range('203.0.113.9'), range('203.0.113.7')],
  }
  assert.deepEqual(deployable(edit, before, after).body, {
    loginIpRanges: after.loginIpRanges,
    userPermissions: [permission('ApiEnabled', 'false')],
  })
})

void test('over the wire a profile keeps what its file does not say', async (t) => {
  const { org, waiting, deployed } = await changedOrg(t)
  const sales = { type: 'Profile', fullName: 'Sales' }
  const permission = (name: string, enabled: string) => ({ enabled, name })
  await deployed({
    ...sales,
    edit: () => ({
      custom: 'true',
      userLicense: 'Salesforce',
      userPermissions: [permission('ApiEnabled', 'true'), permission('ViewSetup', 'true')],
    }),
  })
  const taken = changeOf('Take ViewSetup', {
    ...sales,
    edit: (body) => ({
      ...body,
      userPermissions: [permission('ApiEnabled', 'true'), permission('ViewSetup', 'false')],
    }),
  })
  const applied = await applyChange(org, await prepareChange(org, taken), waiting)
  assert.equal(applied.is, 'applied', applied.texts.join())
  const on = [(await readComponent(org, sales))?.['userPermissions'] ?? []]
    .flat()
    .map(elementsOf)
    .filter(({ enabled }) => isOn(enabled))
  assert.deepEqual(
    on.map(({ name }) => name),
    ['ApiEnabled'],
  )
})
