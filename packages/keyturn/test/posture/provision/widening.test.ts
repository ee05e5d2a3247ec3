/** One field or address more: named, reasoned, lent, taken back; and the first address of a list, which is no widening. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKeyturn } from '@keyturn/tokens'
import { connectRefresh } from '../../connected.ts'
import type { Ran } from '../../cli.ts'
import { provisionWorld } from './provision-world.ts'
import type { ProvisionWorld } from './provision-world.ts'

const good = (ran: Ran): Ran => {
  assert.equal(ran.code, 0, ran.stdout + ran.stderr)
  return ran
}

const why = ['--reason', 'ticket 4711, the invoice names it']
const field = (name: string, right = 'read', set = 'Billing_Sync_Integration'): readonly string[] => [
  ...['provision', 'grant-field', 'acme', set, name, right],
  ...why,
]
const address = (target: string, range: string): readonly string[] => [
  ...['provision', 'allow-address', 'acme', target, range],
  ...why,
]

const rightOf = async ({ query }: ProvisionWorld, name: string): Promise<string> => {
  const [row] = await query(
    `SELECT PermissionsRead, PermissionsEdit FROM FieldPermissions WHERE Parent.Name = 'Billing_Sync_Integration' AND Field = '${name}'`,
  )
  return row === undefined ? 'none' : row['PermissionsEdit'] === true ? 'edit' : 'read'
}

test('a field is given to read, lent to edit, and goes back to what it was', async (t) => {
  const world = await provisionWorld(t)
  const { folder, query } = world
  const others = async () => (await query(`SELECT Field FROM FieldPermissions ORDER BY Field`)).length
  const before = await others()
  assert.equal(await rightOf(world, 'Account.AnnualRevenue'), 'none')
  const ran = good(await folder.run([...field('account.annualrevenue'), '--yes', '--approved-by', 'dana']))
  assert.match(ran.stdout, /1 active user holds it/)
  assert.equal(await rightOf(world, 'Account.AnnualRevenue'), 'read')
  assert.equal(await others(), before + 1, 'nothing else changed')

  good(await folder.run([...field('Account.AnnualRevenue', 'edit'), '--yes', '--until', '2d']))
  assert.equal(await rightOf(world, 'Account.AnnualRevenue'), 'edit')
  const { value } = await folder.json(['provision', 'list'])
  assert.deepEqual(
    value.given.map(({ what, state, approvedBy }: Record<string, unknown>) => [what, state, approvedBy]),
    [
      ['Account.AnnualRevenue: edit in Billing_Sync_Integration', 'granted', null],
      ['Account.AnnualRevenue: read in Billing_Sync_Integration', 'granted', 'dana'],
    ],
  )
  const [lent] = value.given as readonly { readonly id: string }[]
  good(await folder.run(['provision', 'end', lent?.id.slice(0, 8) ?? '', '--yes']))
  assert.equal(await rightOf(world, 'Account.AnnualRevenue'), 'read', 'as it was before')
  const [ended] = (await folder.json(['provision', 'list', '--all'])).value.given
  assert.equal(ended.state, 'ended')

  const same = await folder.json([...field('Account.AnnualRevenue'), '--yes'])
  assert.equal(same.value.change.outcome, 'nothing-to-do')
  assert.equal(same.value.id, null, 'nothing was given, so nothing is recorded')
  const entries = (await folder.json(['ledger', 'show'])).value.entries
  const text = JSON.stringify(entries)
  assert.ok(text.includes('widening-granted') && text.includes('provision-ended'))
  assert.ok(!text.includes('ticket 4711') && !text.includes('dana'), 'names and reasons are not in the ledger')
  const began = entries.find(({ kind }: { kind: string }) => kind === 'provision-began')
  for (const name of ['reason', 'approvedBy'])
    assert.match(began.data[name], /^text:/, 'but that it was this one can be shown')
})

test('standard, packaged and profile sets, other objects’ fields and empty reasons are refused', async (t) => {
  const world = await provisionWorld(t)
  const { folder, query } = world
  const refused = async (args: readonly string[], said: RegExp): Promise<void> => {
    const ran = await folder.run([...args, '--yes'])
    assert.equal(ran.code, 2, ran.stdout + ran.stderr)
    assert.match(ran.stderr, said)
  }
  const anyway = ['--cut-off-anyway', 'nobody is cut off by a field more']
  await refused([...field('Account.AnnualRevenue'), ...anyway], /no flag --cut-off-anyway/)
  const [hidden] = await query('SELECT Name FROM PermissionSet WHERE IsOwnedByProfile = true LIMIT 1')
  await refused(field('Account.Industry', 'read', String(hidden?.['Name'])), /profile’s own/)
  await refused(field('Account.Industry', 'read', `No' OR Name != '`), /has no permission set/)
  await refused(field('Account.Name'), /comes with the object/)
  await refused(field('Account.Nothing'), /no field/)
  await refused(field('Account'), /no field of an object/)
  await refused(field('Account.CreatedDate', 'edit'), /written by Salesforce alone/)
  await refused([...field('Account.Industry').slice(0, -1), '-'], /reason says nothing/)
  await refused([...field('Account.Industry'), '--until', '2020-01-01'], /over already/)
  await refused(address('Nobody', '203.0.113.7'), /no profile and no external client app/)
  await refused(address('Standard User', '203.0.0.0/16'), /more than a \/24/)
  await refused(address('Standard User', '0.0.0.0-255.255.255.255'), /more than a \/24/)
})

test('rights given one on the other: whichever ends first, none stays that nobody gave', async (t) => {
  const world = await provisionWorld(t)
  const { folder } = world
  const give = async (right: string): Promise<string> =>
    String((await folder.json([...field('Account.AnnualRevenue', right), '--yes'])).value.id)
  const end = async (id: string): Promise<string> => {
    good(await folder.run(['provision', 'end', id, '--yes']))
    return rightOf(world, 'Account.AnnualRevenue')
  }
  const [read, edit] = [await give('read'), await give('edit')]
  assert.equal(await end(read), 'edit', 'the other one goes on')
  assert.equal(await end(edit), 'none', 'and takes with it what the first had given')
  const [again, more] = [await give('read'), await give('edit')]
  assert.equal(await end(more), 'read')
  assert.equal(await end(again), 'none')
})

/** The ends of all that was lent are moved to yesterday, as days go by. */
const daysLater = async ({ folder }: ProvisionWorld): Promise<void> => {
  const key = readFileSync(join(folder.path, 'keyturn.key'), 'utf8').trim()
  const store = `sqlite:${join(folder.path, 'keyturn.db')}`
  const keyturn = await openKeyturn({ store, masterKey: Buffer.from(key, 'hex'), env: {} })
  for (const record of await keyturn.store.records.list('widening')) {
    const doc = { ...(record.doc as object), until: Date.now() - 86_400_000 } as never
    await keyturn.store.records.put({ kind: 'widening', id: record.id, doc })
  }
  await keyturn.close()
}

test('one that can’t be taken back does not keep the others', async (t) => {
  const world = await provisionWorld(t)
  const { folder } = world
  const lent = ['--yes', '--until', '1d', '--cut-off-anyway', 'nobody uses it']
  good(await folder.run([...field('Account.Margin__c'), '--yes', '--until', '1d']))
  // The first of its list: its end would open everything.
  good(await folder.run([...address('Standard User', '198.51.100.7'), ...lent]))
  good(await folder.run([...field('Account.AnnualRevenue'), '--yes', '--until', '1d']))
  await daysLater(world)
  const { code, value } = await folder.json(['provision', 'end', '--expired', '--yes'])
  assert.equal(code, 5)
  const outcomes = value.ended.map((one: { change?: { outcome: string }; error?: { code: string } }) =>
    one.error === undefined ? one.change?.outcome : one.error.code,
  )
  assert.deepEqual(outcomes.toSorted(), ['ORG_REFUSED', 'applied', 'applied'])
  for (const name of ['Account.Margin__c', 'Account.AnnualRevenue']) assert.equal(await rightOf(world, name), 'none')
})

test('what was lent is taken back when its time is over, from a job', async (t) => {
  const world = await provisionWorld(t)
  const { folder } = world
  good(await folder.run([...field('Account.Margin__c'), '--yes', '--until', '1d']))
  const same = good(await folder.run([...field('Account.Margin__c'), '--yes']))
  assert.match(same.stdout, /Nothing to do[^]*But it is lent, and ends on/, 'nobody takes it for given for good')
  const nothing = good(await folder.run(['provision', 'end', '--expired', '--yes']))
  assert.match(nothing.stdout, /Nothing that was lent is over/)
  await daysLater(world)
  const list = await folder.run(['provision', 'list'])
  assert.equal(list.code, 1)
  assert.match(list.stdout, /over/)
  const audited = async (): Promise<readonly [code: number | null, verdict: string]> => {
    const { code, value } = await folder.json(['audit', 'acme', '--only', 'widening-expired', '--fail-on', 'medium'])
    return [code, value.results[0].verdict]
  }
  assert.deepEqual(await audited(), [1, 'fail'], 'an audit notices')
  good(await folder.run(['provision', 'end', '--expired', '--yes']))
  assert.equal(await rightOf(world, 'Account.Margin__c'), 'none')
  good(await folder.run(['provision', 'list']))
  assert.deepEqual(await audited(), [0, 'not-applicable'])
})

test('the first address of a list cuts off everybody else: it is judged as that, and never locks out who makes it', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  await connectRefresh(world, 'integration')
  const first = await folder.json([...address('Standard User', '198.51.100.7'), '--yes'])
  assert.equal(first.code, 1, JSON.stringify(first.value))
  assert.equal(first.value.change.outcome, 'needs-override')
  assert.deepEqual(
    first.value.change.impact.cutOff.map(({ user }: { user: string }) => user),
    ['integration@acme.example'],
  )
  assert.equal((await folder.json(['provision', 'list'])).value.given.length, 0)
  const self = await folder.json([
    ...address('System Administrator', '198.51.100.7'),
    '--yes',
    '--cut-off-anyway',
    'all move',
  ])
  assert.equal(self.value.change.outcome, 'locks-out-self', JSON.stringify(self.value.change.impact))
  good(
    await folder.run([
      ...address('Standard User', '198.51.100.7'),
      '--yes',
      '--cut-off-anyway',
      'the vendor has moved',
    ]),
  )
  sim.control.expireAccessTokens()
  assert.notEqual((await folder.run(['fields', 'integration', 'Account'])).code, 0, 'it comes from elsewhere')
  // A second one is a widening: nobody is asked.
  const second = await folder.json([...address('profile:Standard User', '127.0.0.1'), '--yes'])
  assert.equal(second.value.change.outcome, 'applied')
  assert.equal(second.value.change.impact, null)
  const inside = await folder.json([...address('Standard User', '127.0.0.1'), '--yes'])
  assert.equal(inside.value.change.outcome, 'nothing-to-do')
  // Back: the last address of a list is never taken away.
  const given = (await folder.json(['provision', 'list'])).value.given as readonly {
    readonly id: string
    readonly what: string
  }[]
  const own = given.find(({ what }) => what.startsWith('127.'))?.id ?? ''
  const cut = await folder.json(['provision', 'end', own, '--yes'])
  assert.equal(cut.value.ended[0].change.outcome, 'needs-override')
  good(await folder.run(['provision', 'end', own, '--yes', '--cut-off-anyway', 'the vendor has moved']))
  const last = given.find(({ what }) => what.startsWith('198.'))?.id ?? ''
  const refused = await folder.run(['provision', 'end', last, '--yes', '--cut-off-anyway', 'the vendor has moved'])
  assert.match(refused.stderr, /last address of Standard User/)
})

test('an address for the refresh tokens of an app goes into its allowlist', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const app = [
    '--purpose',
    'of a test',
    '--contact',
    'ops@acme.example',
    '--flow',
    'web-server',
    '--permission-set',
    'Erp',
  ]
  const more = ['--callback', 'https://erp.acme.example/cb', '--token-address', '203.0.113.10', '--create', '--yes']
  good(await folder.run(['provision', 'app', 'acme', 'Erp', ...app, ...more]))
  good(await folder.run([...address('app:Erp', '198.51.100.0/28'), '--yes', '--until', '7d']))
  const settings = sim.control.changeApp({ app: 'Erp', settings: {} })
  assert.deepEqual(settings.refreshTokenIpAllowlist, ['203.0.113.10', '198.51.100.0-198.51.100.15'])
})

test('killed between the org and its record, the same command finds what it gave', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const fault = sim.control.addFault({ match: { endpoint: 'metadata' }, skip: 8, action: { holdAfter: true } })
  const running = folder.start([...field('Account.Margin__c', 'edit'), '--yes'])
  await sim.control.held({ fault: fault.id, count: 1, timeoutMs: 20_000 })
  running.child.kill('SIGKILL')
  await running.ended
  sim.control.removeFaults(fault.id)
  sim.control.release()
  const begun = (await folder.json(['provision', 'list'])).value.given as readonly { id: string; state: string }[]
  assert.deepEqual(
    begun.map(({ state }) => state),
    ['begun'],
  )
  const refusal = { status: 400, body: '[{"errorCode":"INVALID","message":"no"}]' }
  const other = sim.control.addFault({ match: { endpoint: 'metadata' }, count: 'forever', action: refusal })
  assert.notEqual((await folder.run([...field('Account.Margin__c', 'edit'), '--yes'])).code, 0)
  sim.control.removeFaults(other.id)
  assert.equal((await folder.json(['provision', 'list'])).value.given.length, 1, 'a run that fails does not forget it')
  const again = await folder.json([...field('Account.Margin__c', 'edit'), '--yes'])
  assert.equal(again.value.id, begun[0]?.id, 'under the same id')
  assert.equal(await rightOf(world, 'Account.Margin__c'), 'edit')
  good(await folder.run(['provision', 'end', begun[0]?.id ?? '', '--yes']))
  assert.equal(await rightOf(world, 'Account.Margin__c'), 'none', 'what it was before the run that was killed')
})
