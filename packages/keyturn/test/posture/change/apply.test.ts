/** Changes over the wire: what differs, dry runs, what is applied, what reverts, what is lost on the way, and the way back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { elementsOf, listOf, readComponent, withElement } from '../../../src/org/metadata-component.ts'
import type { MetadataBody, MetadataValue } from '../../../src/org/metadata-component.ts'
import { applyChange } from '../../../src/posture/change/apply-change.ts'
import { dryRun } from '../../../src/posture/change/dry-run.ts'
import { isEmpty, prepareChange } from '../../../src/posture/change/prepare-change.ts'
import { rollBack } from '../../../src/posture/change/roll-back.ts'
import { changeOf, changedOrg, inApp, inSettings } from './changed-org.ts'

const pkce = inSettings('OauthOidc', ['isPkceRequired'], true)
const length = inSettings('Security', ['passwordPolicies', 'minimumPasswordLength'], 12)
const history = inSettings('Security', ['passwordPolicies', 'historyRestriction'], 12)

void test('several edits of one component are one; applied twice nothing differs; others’ elements stay', async (t) => {
  const { org, waiting } = await changedOrg(t)
  const name = { type: 'SecuritySettings', fullName: 'Security' }
  const before = await readComponent(org, name)
  const change = changeOf('Passwords', length, history, pkce)
  const prepared = await prepareChange(org, change)
  assert.deepEqual(
    prepared.components.map(({ edit }) => edit.fullName),
    ['Security', 'OauthOidc'],
  )
  assert.deepEqual(await dryRun(org, prepared, waiting), { is: 'accepted' })
  assert.deepEqual(await readComponent(org, name), before, 'a dry run changes nothing')
  const applied = await applyChange(org, prepared, waiting)
  assert.equal(applied.is, 'applied', applied.texts.join())
  const wanted = withElement(before ?? {}, ['passwordPolicies', 'minimumPasswordLength'], '12')
  assert.deepEqual(
    await readComponent(org, name),
    withElement(wanted, ['passwordPolicies', 'historyRestriction'], '12'),
  )
  assert(isEmpty(await prepareChange(org, change)))
})

void test('a component that somebody changed since it was shown: refused, named, and nothing done', async (t) => {
  const { org, waiting, deployed, sim } = await changedOrg(t)
  const prepared = await prepareChange(org, changeOf('Passwords', length))
  await deployed(inSettings('Security', ['sessionSettings', 'sessionTimeout'], 'FourHours'))
  const jobs = sim.control.metadataJobs().length
  const applied = await applyChange(org, prepared, waiting)
  assert.equal(applied.is, 'refused')
  assert.match(applied.texts.join(), /SecuritySettings Security was changed meanwhile: sessionSettings\.sessionTimeout/)
  assert.equal(sim.control.metadataJobs().length, jobs, 'nothing was deployed')
})

void test('an entry that somebody adds to a list, or exchanges in it, is never lost', async (t) => {
  const { org, waiting, deployed } = await changedOrg(t)
  const name = { type: 'Profile', fullName: 'Standard' }
  const ranges = (...addresses: readonly string[]) => ({
    ...name,
    edit: (body: MetadataBody | null): MetadataBody => ({
      ...body,
      loginIpRanges: addresses.map((address) => ({ startAddress: address, endAddress: address })),
    }),
  })
  await deployed(ranges('203.0.113.1', '203.0.113.2'))
  const own = changeOf('One more', {
    ...name,
    edit: (body) => ({
      ...body,
      loginIpRanges: [
        ...listOf(body?.['loginIpRanges']).filter((one) => elementsOf(one)['startAddress'] !== '203.0.113.9'),
        { startAddress: '203.0.113.9', endAddress: '203.0.113.9' },
      ],
    }),
  })
  const there = async (): Promise<readonly MetadataValue[]> =>
    listOf((await readComponent(org, name))?.['loginIpRanges']).map((one) => elementsOf(one)['startAddress'])
  for (const others of [
    ['203.0.113.1', '203.0.113.2', '203.0.113.3'],
    ['203.0.113.1', '203.0.113.4'],
  ]) {
    const prepared = await prepareChange(org, own)
    await deployed(ranges(...others))
    const applied = await applyChange(org, prepared, waiting)
    assert.equal(applied.is, 'refused')
    assert.match(applied.texts.join(), /Profile Standard was changed meanwhile: loginIpRanges/)
    assert.deepEqual(await there(), others)
  }
  assert.equal((await applyChange(org, await prepareChange(org, own), waiting)).is, 'applied')
  assert.deepEqual(await there(), ['203.0.113.1', '203.0.113.4', '203.0.113.9'])
})

void test('a deployment that succeeds and reverts is named element by element', async (t) => {
  const { org, waiting, sim } = await changedOrg(t)
  sim.control.changeApp({ app: 'Web', settings: { pkceRequired: true, lockedControls: 'reverts' } })
  const loosened = changeOf('No PKCE', inApp('Web', ['oauthConfig', 'isPkceRequired'], false))
  const applied = await applyChange(org, await prepareChange(org, loosened), waiting)
  assert.equal(applied.is, 'reverted')
  assert.match(applied.texts.join('\n'), /ConnectedApp Web: oauthConfig\.isPkceRequired is still true/)
})

void test('what the org refuses is said in its words, by the dry run and by the deployment, and nothing is changed', async (t) => {
  const { org, waiting } = await changedOrg(t)
  const odd = await prepareChange(
    org,
    changeOf('Odd', length, inSettings('OauthOidc', ['noSuchElement'], 'a<b>&c'), history),
  )
  const dry = await dryRun(org, odd, waiting)
  assert.equal(dry.is, 'refused')
  assert.match(dry.is === 'refused' ? dry.problems.join() : '', /noSuchElement/)
  const applied = await applyChange(org, odd, waiting)
  assert.equal(applied.is, 'refused')
  assert.match(applied.texts.join(), /noSuchElement/)
  assert(!isEmpty(await prepareChange(org, changeOf('Passwords', length))))
})

void test('a deployment is waited for while the org is at others, and asked for again when there is no answer', async (t) => {
  const { org, waiting, sim, told } = await changedOrg(t)
  const prepared = await prepareChange(org, changeOf('Passwords', length))
  sim.control.changeOrg({ settings: { metadataQueueMs: 60_000, metadataRunMs: 600_000 } })
  sim.control.addFault({ match: { endpoint: 'metadata' }, skip: 3, count: 2, action: { drop: 'before' } })
  const applied = await applyChange(org, prepared, waiting)
  assert.equal(applied.is, 'applied', applied.texts.join())
  assert.match(told.join('\n'), /is Pending[^]*is InProgress/)
  assert.match(told.join('\n'), /no answer, asked again/)
})

void test('the answer to the start is lost: the component itself says what became of it', async (t) => {
  const { org, waiting, sim } = await changedOrg(t)
  await org.jsforce()
  const prepared = await prepareChange(org, changeOf('Passwords', length))
  const atDeploy = (drop: 'before' | 'after') =>
    // readMetadata, describeMetadata, then deploy.
    sim.control.addFault({ match: { endpoint: 'metadata' }, skip: 2, count: 1, action: { drop } })
  sim.control.changeOrg({ settings: { metadataRunMs: 20_000 } })
  atDeploy('after')
  const applied = await applyChange(org, prepared, waiting)
  assert.equal(applied.is, 'applied', applied.texts.join())
  const back = await prepareChange(org, changeOf('More', history))
  atDeploy('before')
  const lost = await applyChange(org, back, waiting)
  assert.equal(lost.is, 'unclear')
  assert.match(lost.texts.join('\n'), /historyRestriction is still 3/)
  assert.match(lost.texts.join('\n'), /may be run again/)
})

void test('an error of the platform: with all done it is applied, with nothing done refused', async (t) => {
  const { org, waiting, sim } = await changedOrg(t)
  sim.control.changeOrg({ settings: { deployException: 'nothing-done' } })
  const refused = await applyChange(org, await prepareChange(org, changeOf('A', length)), waiting)
  assert.equal(refused.is, 'refused', refused.texts.join())
  assert.match(refused.texts.join(), /UNKNOWN_EXCEPTION[^]*nothing was changed/)
  sim.control.changeOrg({ settings: { deployException: 'all-done' } })
  const applied = await applyChange(org, await prepareChange(org, changeOf('A', length)), waiting)
  assert.equal(applied.is, 'applied', applied.texts.join())
})

void test('a process that was killed while the org was at it: the next one finds what differs and no more', async (t) => {
  const { org, waiting, sim, clock } = await changedOrg(t)
  const change = changeOf('Passwords', length)
  sim.control.changeOrg({ settings: { metadataRunMs: 60_000 } })
  const killed = { ...clock, sleep: () => Promise.reject(new Error('killed')) }
  await assert.rejects(applyChange(org, await prepareChange(org, change), { ...waiting, clock: killed }), /killed/)
  const again = await prepareChange(org, change)
  assert(!isEmpty(again), 'the org is still at it')
  assert.equal((await applyChange(org, again, waiting)).is, 'applied')
  assert(isEmpty(await prepareChange(org, change)))
})

void test('records come after the components; one that fails is told exactly, with what is done and what was not tried', async (t) => {
  const { org, waiting, sim } = await changedOrg(t)
  const [user] = await org.query(`SELECT Id FROM User WHERE Username = 'admin@acme.example'`)
  const update = (name: string, fields: Readonly<Record<string, string>>) =>
    ({ is: 'update', object: 'User', id: String(user?.['Id']), name, fields }) as const
  const records = [
    update('the title', { Title: 'Boss' }),
    update('a field that is not there', { Nope__c: 'x' }),
    update('the division', { Division: 'East' }),
  ]
  const prepared = await prepareChange(org, { ...changeOf('All', length), records })
  const applied = await applyChange(org, prepared, waiting)
  assert.equal(applied.is, 'partial')
  assert.match(applied.texts[0] ?? '', /update User: a field that is not there was refused: .*INVALID_FIELD/)
  assert.deepEqual(applied.texts.slice(1), [
    'changed already: SecuritySettings Security',
    'changed User: the title',
    'not tried: update User: the division',
  ])
  const alone = await prepareChange(org, { ...changeOf('None'), records: records.slice(1) })
  assert.equal((await applyChange(org, alone, waiting)).is, 'refused', 'the first of all was refused: nothing is done')
  sim.control.addFault({ match: { method: 'PATCH' }, count: 1, action: { drop: 'after' } })
  const lost = await applyChange(
    org,
    await prepareChange(org, { ...changeOf('None'), records: [...records].slice(0, 1) }),
    waiting,
  )
  assert.equal(lost.is, 'unclear')
  assert.match(lost.texts.join(), /may have been done/)
})

void test('taken back element by element: what somebody else changed meanwhile stays, unless it is the same element', async (t) => {
  const { org, waiting, deployed } = await changedOrg(t)
  const prepared = await prepareChange(org, changeOf('Passwords', length, pkce))
  assert.equal((await applyChange(org, prepared, waiting)).is, 'applied')
  await deployed(inSettings('Security', ['sessionSettings', 'sessionTimeout'], 'FourHours'))
  const back = await rollBack(org, prepared, waiting)
  assert.equal(back.is, 'applied', back.texts.join())
  const now = await readComponent(org, { type: 'SecuritySettings', fullName: 'Security' })
  assert.deepEqual(
    [now?.['passwordPolicies'], now?.['sessionSettings']].map((one) => JSON.stringify(one).match(/"8"|FourHours/)?.[0]),
    ['"8"', 'FourHours'],
  )
  assert.equal((await applyChange(org, await prepareChange(org, changeOf('P', length)), waiting)).is, 'applied')
  await deployed(inSettings('Security', ['passwordPolicies', 'minimumPasswordLength'], 15))
  const refused = await rollBack(org, prepared, waiting)
  assert.equal(refused.is, 'refused')
  assert.match(refused.texts.join(), /minimumPasswordLength was changed by somebody else/)
})
