/** The views and the question why an app is kept out, over the wire: a careless company, and an auditor who may see little. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scenario } from '@keyturn/simulator'
import { accessFamilies, accessSettings, appAccess } from '../../../src/explain/app-access.ts'
import { machineFamilies, machinesView } from '../../../src/posture/people/machines-view.ts'
import { peopleFamilies, peopleSettings, peopleView } from '../../../src/posture/people/people-view.ts'
import { auditedOrg, auditor, auditorWith } from '../collectors/audited-org.ts'

const company = async (t: Parameters<typeof auditedOrg>[0]) =>
  auditedOrg(t, { spec: scenario('legacy-company'), user: 'ada.admin@legacy.example' })

test('the careless company’s people and machines, as its administrator sees them', async (t) => {
  const { collect } = await company(t)
  const people = peopleView(await collect(peopleFamilies, { settings: peopleSettings }), 'acme')
  assert.deepEqual([people.blind, people.orgAsks], [[], 'no'])
  const past = people.people.filter(({ asked }) => asked === 'bypassed').map(({ username }) => username)
  assert.deepEqual(past.sort(), ['clara.cole@legacy.example', 'support.shift@legacy.example'])
  assert.equal(people.people[0]?.rights, 'administrator')
  const steps = people.steps.flatMap(({ command }) => (command === null ? [] : [command.split(' ').at(-1)]))
  assert.deepEqual(steps, ['user-mfa-bypass', 'user-skip-identity', 'people-mfa-asked', 'mfa-required-for-org'])
  assert.ok(people.steps.some(({ impact }) => (impact?.cutOff ?? 0) > 0))

  const machines = machinesView(await collect(machineFamilies), 'acme')
  assert.deepEqual(machines.blind, [])
  const leaving = machines.machines
    .filter(({ leaves }) => leaves)
    .map(({ username, uses }) => `${username.split('@')[0]}: ${uses[0]?.way}`)
  assert.deepEqual(leaving.sort(), [
    'dataloader.nightly: SOAP login()',
    'erp.sync: OAuth username-password',
    'etl.loader: SOAP login()',
  ])
})

test('why apps of the careless company are kept out', async (t) => {
  const { collect } = await company(t)
  const { facts } = await collect(accessFamilies, { settings: accessSettings })
  const why = (app: string, user: string): string =>
    appAccess({ app, user: `${user}@legacy.example`, address: null }, facts).why
  assert.match(why('Drift_Connector', 'erp.sync'), /administrator approved may use it, by Vendor_Package_Access/)
  assert.match(why('My_Ticket_Portal', 'erp.sync'), /not installed/)
  assert.match(why('Nobody_Knows', 'erp.sync'), /No app of this name/)
  assert.match(why('ERP_Sync', 'nobody'), /no such user/)
})

test('who may see little covers nobody and lets no app in', async (t) => {
  const users = [
    auditorWith('ApiEnabled'),
    { username: 'admin@acme.example', profile: 'System Administrator' as const },
  ]
  const { collect } = await auditedOrg(t, { spec: { name: 'acme', users }, user: auditor })
  const people = peopleView(await collect(peopleFamilies, { settings: peopleSettings }), 'acme')
  assert.deepEqual([people.totals.byStrength['phishing-resistant'], people.orgAsks], [0, 'unknown'])
  assert.ok(people.blind.length >= 3)
  const machines = machinesView(await collect(machineFamilies), 'acme')
  assert.deepEqual([machines.machines, machines.blind.length >= 3], [[], true])
  const { facts } = await collect(accessFamilies, { settings: accessSettings })
  const access = appAccess({ app: 'Auditor_Web', user: 'admin@acme.example', address: null }, facts)
  assert.equal(access.verdict, 'unknown')
  assert.deepEqual(
    access.checks.filter(({ answer }) => answer === 'yes' || answer === 'no'),
    [],
  )
})
