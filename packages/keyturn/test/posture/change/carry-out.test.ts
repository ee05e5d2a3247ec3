/** The order of a change: nothing is written before everything was shown and agreed to, and both ends are in the ledger. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { RecordEntry } from '@keyturn/tokens'
import { elementsOf, readComponent } from '../../../src/org/metadata-component.ts'
import { carryOut } from '../../../src/posture/change/carry-out.ts'
import type { Carrying } from '../../../src/posture/change/carry-out.ts'
import type { Impact } from '../../../src/posture/impact/impact.ts'
import { changeOf, changedOrg, inApp, inSettings } from './changed-org.ts'

const nobody: Impact = { days: 90, cutOff: [], possible: [], blind: [], locksOutSelf: false }
const somebody: Impact['cutOff'][number] = {
  ...{ user: 'erp@acme.example', app: 'Erp', way: 'Remote Access 2.0', client: null, addresses: ['203.0.113.9'] },
  ...{ uses: 7, last: 1_790_000_000_000, why: 'sends no code challenge' },
}

const place = async (t: TestContext) => {
  const changed = await changedOrg(t)
  const entries: RecordEntry[] = []
  const asked: string[] = []
  const carrying: Carrying = {
    org: changed.org,
    change: changeOf('Longer passwords', inSettings('Security', ['passwordPolicies', 'minimumPasswordLength'], 12)),
    impact: nobody,
    mode: 'apply',
    override: null,
    confirm: async ({ prepared }) => {
      asked.push(prepared.title)
      return true
    },
    tell: () => undefined,
    clock: changed.clock,
    ledger: { verb: 'fix', id: 'one', data: { org: '00D' }, commit: (text) => `text:${text.length}` },
    enter: async (entry) => void entries.push(entry),
  }
  const length = async (): Promise<unknown> => {
    const body = await readComponent(changed.org, { type: 'SecuritySettings', fullName: 'Security' })
    return elementsOf(body?.['passwordPolicies'])['minimumPasswordLength']
  }
  return { ...changed, entries, asked, carrying, length }
}

void test('shown, dry-run, asked, written down, applied, verified, written down; the second time there is nothing to do', async (t) => {
  const { carrying, entries, asked, length } = await place(t)
  const shown = await carryOut({ ...carrying, mode: 'show' })
  assert.deepEqual([shown.is, shown.dryRun, shown.diff.length], ['shown', null, 1])
  const dry = await carryOut({ ...carrying, mode: 'dry-run' })
  assert.deepEqual([dry.is, dry.dryRun], ['dry-run', { is: 'accepted' }])
  assert.deepEqual([await length(), entries, asked], ['8', [], []])
  const done = await carryOut({ ...carrying, verify: async () => ({ ok: true, text: 'no longer found' }) })
  assert.deepEqual([done.is, await length(), asked], ['applied', '12', ['Longer passwords']])
  assert.deepEqual(
    entries.map(({ kind, data }) => [kind, data['change'], data['outcome'] ?? null]),
    [
      ['fix-began', 'one', null],
      ['fix-ended', 'one', 'applied'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(entries), /Longer passwords/)
  assert.equal((await carryOut(carrying)).is, 'nothing-to-do')
  assert.equal(entries.length, 2)
})

void test('declined, needing an override, locking out itself, refused by the dry run: nothing is written anywhere', async (t) => {
  const { carrying, entries, length } = await place(t)
  const is = async (more: Partial<Carrying>) => (await carryOut({ ...carrying, ...more })).is
  assert.equal(await is({ confirm: async () => false }), 'declined')
  for (const impact of [
    { ...nobody, cutOff: [somebody] },
    { ...nobody, possible: [somebody] },
    { ...nobody, blind: ['logins could not be read'] },
  ])
    assert.equal(await is({ impact }), 'needs-override')
  assert.equal(await is({ impact: { ...nobody, locksOutSelf: true }, override: 'I know' }), 'locks-out-self')
  assert.equal(await is({ change: changeOf('Odd', inSettings('OauthOidc', ['nope'], 'x')) }), 'refused')
  assert.deepEqual([await length(), entries], ['8', []])
  assert.equal(await is({ impact: { ...nobody, cutOff: [somebody] }, override: 'the vendor knows' }), 'applied')
  assert.equal(entries[0]?.data['cutOff'], 1)
  assert.match(String(entries[0]?.data['override']), /^text:/)
})

void test('what does not verify is unverified, and taken back where that is asked for', async (t) => {
  const { carrying, entries, length } = await place(t)
  const verify = async () => ({ ok: false, text: 'still found' })
  assert.equal((await carryOut({ ...carrying, verify, rollBackUnverified: true })).is, 'rolled-back')
  assert.equal(await length(), '8')
  const kept = await carryOut({ ...carrying, verify: async () => Promise.reject(new Error('the org is gone')) })
  assert.equal(kept.is, 'unverified')
  assert.match(kept.verified?.text ?? '', /could not be verified: the org is gone/)
  assert.equal(entries.at(-1)?.data['outcome'], 'unverified')
})

void test('a setting that reverts ends as reverted, and the ledger says so', async (t) => {
  const { carrying, entries, sim } = await place(t)
  sim.control.changeApp({ app: 'Web', settings: { pkceRequired: true, lockedControls: 'reverts' } })
  const change = changeOf('No PKCE', inApp('Web', ['oauthConfig', 'isPkceRequired'], false))
  assert.equal((await carryOut({ ...carrying, change })).is, 'reverted')
  assert.equal(entries.at(-1)?.data['outcome'], 'reverted')
})

void test('killed between the two entries: the ledger has a beginning without an end', async (t) => {
  const { carrying, entries, length } = await place(t)
  const enter = async (entry: RecordEntry): Promise<void> => {
    if (entry.kind === 'fix-ended') throw new Error('killed')
    entries.push(entry)
  }
  await assert.rejects(carryOut({ ...carrying, enter }), /killed/)
  assert.deepEqual([entries.map(({ kind }) => kind), await length()], [['fix-began'], '12'])
  assert.equal((await carryOut(carrying)).is, 'nothing-to-do', 'the next one finds it done')
})

void test('what no API can do is a person’s, and never taken for applied', async (t) => {
  const { carrying, entries, asked } = await place(t)
  const shown: string[] = []
  const out = await carryOut({
    ...carrying,
    change: { ...changeOf('By hand'), clicks: ['Setup → Identity: switch it on'] },
    show: ({ prepared }) => void shown.push(...prepared.clicks),
  })
  assert.deepEqual([out.is, out.applied, shown.length, asked, entries], ['by-hand', null, 1, [], []])
})
