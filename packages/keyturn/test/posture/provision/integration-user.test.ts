/** `keyturn provision integration-user` over the wire: what it may is asked as that user, and half-made ones are finished. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Ran } from '../../cli.ts'
import { provisionWorld } from './provision-world.ts'
import type { ProvisionWorld } from './provision-world.ts'

const described: Readonly<Record<string, string>> = {
  '--username': 'billing@acme.example',
  '--name': 'Billing',
  '--email': 'ops@acme.example',
  '--permission-set': 'Billing_Integration',
}

const user = (other: Readonly<Record<string, string>> = {}): readonly string[] => [
  ...['provision', 'integration-user', 'acme'],
  ...Object.entries({ ...described, ...other }).flat(),
  ...['--object', 'Account:read,edit', '--object', 'Invoice__c:read,create'],
  ...['--field', 'Account.Industry:read', '--field', 'Account.Rating:edit', '--field', 'Account.BillingAddress:read'],
]

const good = (ran: Ran): Ran => {
  assert.equal(ran.code, 0, ran.stdout + ran.stderr)
  return ran
}

/** An app that runs as the user, and a grant of it under this name. */
const connectAs = async ({ folder, sim }: ProvisionWorld, username: string, name: string): Promise<void> => {
  good(
    await folder.run([
      ...['provision', 'app', 'acme', `App_${name}`, '--purpose', 'of a test', '--contact', 'ops@acme.example'],
      ...['--flow', 'client-credentials', '--runs-as', username, '--permission-set', 'Billing_Integration'],
      ...['--secret-to', 'erp', '--yes'],
    ]),
  )
  const env = readFileSync(join(folder.path, 'erp.env'), 'utf8')
  const [key = '', secret = ''] = ['KEY', 'SECRET'].map(
    (end) => new RegExp(`SF_CONSUMER_${end}="?([^"\n]+)`).exec(env)?.[1],
  )
  const ways = ['--client-credentials', '--login-url', sim.url, '--client-id', key]
  good(await folder.run(['connect', name, ...ways, '--client-secret-stdin'], { stdin: secret }))
}

test('a user of its own: made in the order the platform wants, and asked as itself what it may', async (t) => {
  const world = await provisionWorld(t)
  const { folder, query, sim } = world
  const dry = await folder.json([...user(), '--dry-run'])
  assert.equal(dry.code, 0, JSON.stringify(dry.value))
  assert.deepEqual(
    dry.value.steps.map(({ step, change }: { step: string; change: unknown }) => [step.slice(0, 8), change !== null]),
    [
      ['Make the', true],
      ['Make the', false],
      ['Give bil', false],
    ],
  )
  assert.deepEqual(await query(`SELECT Id FROM User WHERE Username = 'billing@acme.example'`), [])

  const made = await folder.json([...user(), '--yes'])
  assert.equal(made.code, 0, JSON.stringify(made.value))
  assert.equal(made.value.done, true)
  assert.deepEqual(made.value.broad, [])
  const [row] = await query(
    `SELECT Profile.Name, LastPasswordChangeDate FROM User WHERE Username = 'billing@acme.example'`,
  )
  assert.match(JSON.stringify(row?.['Profile']), /Minimum Access - API Only Integrations/)
  assert.equal(row?.['LastPasswordChangeDate'], null, 'no password was set')
  const rights = await query(
    `SELECT SobjectType, PermissionsDelete, PermissionsViewAllRecords, PermissionsModifyAllRecords FROM ObjectPermissions WHERE Parent.Name = 'Billing_Integration'`,
  )
  assert.equal(rights.length, 2)
  for (const right of rights)
    for (const never of ['PermissionsDelete', 'PermissionsViewAllRecords', 'PermissionsModifyAllRecords'])
      assert.equal(right[never], false)
  // The org would have refused the permission set before the licence.
  const trail = await query(`SELECT Display FROM SetupAuditTrail WHERE Action = 'PermSetAssign'`)
  assert.ok(trail.some(({ Display }) => String(Display).includes('Billing_Integration')))

  await connectAs(world, 'billing@acme.example', 'billing')
  const asked = await folder.json([...user(), '--verify-grant', 'billing', '--yes'])
  assert.equal(asked.code, 0, JSON.stringify(asked.value))
  assert.deepEqual(asked.value.access, { missing: [], tooMuch: [], objects: 2, fields: 3 })
  assert.ok(
    asked.value.steps.every(({ change }: { change: { outcome: string } }) => change.outcome === 'nothing-to-do'),
  )

  const accounts = async () => (await query('SELECT Id FROM Invoice__c')).length
  const before = await accounts()
  const writes = async (): Promise<readonly string[]> =>
    (await folder.json(['ledger', 'show'])).value.entries
      .map(({ kind }: { kind: string }) => kind)
      .filter((kind: string) => kind.startsWith('provision-writes'))
  for (const unasked of [['--dry-run'], []]) {
    const only = await folder.json([...user(), '--verify-grant', 'billing', '--try-writes', ...unasked])
    assert.ok(
      only.value.writes.every(({ is }: { is: string }) => is === 'not-tried'),
      'nobody agreed to it',
    )
  }
  assert.deepEqual(await writes(), [])
  const tried = await folder.json([...user(), '--verify-grant', 'billing', '--try-writes', '--yes'])
  assert.deepEqual((await writes()).toSorted(), ['provision-writes-began', 'provision-writes-ended'])
  assert.deepEqual(
    tried.value.writes.map(({ object, is, left }: Record<string, unknown>) => [object, is, left]),
    [
      ['Account', 'not-tried', null],
      ['Invoice__c', 'works', null],
    ],
  )
  assert.equal(await accounts(), before, 'what it made is taken away')

  // Somebody gives it more behind our back.
  const [extra] = await query(`SELECT Id FROM PermissionSet WHERE Name = 'Billing_Sync_Integration'`)
  const admin = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  const assigned = await fetch(`${sim.url}/services/data/v66.0/sobjects/PermissionSetAssignment`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ AssigneeId: made.value.userId, PermissionSetId: extra?.['Id'] }),
  })
  assert.equal(assigned.status, 201)
  const found = await folder.json([...user(), '--verify-grant', 'billing', '--yes'])
  assert.equal(found.code, 1)
  const tooMuch: readonly string[] = found.value.access.tooMuch
  for (const one of ['Invoice__c: delete', 'Account: create', 'Account.Type: read'])
    assert.ok(tooMuch.includes(one), `${one} of ${tooMuch.join(', ')}`)
  assert.ok(
    tooMuch.some((one) => one.startsWith('Contact (')),
    tooMuch.join(),
  )
})

test('a profile of its own: hours and addresses, with Keyturn’s own among them, hold for its logins', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim } = world
  const own = { '--own-profile': 'Billing Only', '--hours': 'daily 00:00-24:00', '--address': '203.0.113.0/28' }
  const made = await folder.json([...user(own), '--yes'])
  assert.equal(made.code, 0, JSON.stringify(made.value))
  assert.deepEqual(made.value.ranges, ['127.0.0.1', '203.0.113.0-203.0.113.15'])
  await connectAs(world, 'billing@acme.example', 'billing')
  sim.control.expireAccessTokens()
  good(await folder.run(['fields', 'billing', 'Account', '--require', 'Rating:update']))
  // Whatever else gives it a system permission, one nobody thought of too: it is named.
  const id = sim.control.givePermissions({ user: 'billing@acme.example', permissions: ['ViewSetup'] })
  assert.notEqual(id, '')
  const more = await folder.json([...user(own), '--yes'])
  assert.equal(more.code, 1)
  assert.deepEqual(more.value.broad, ['it has ViewSetup, which was not named'])
  const wide = { ...own, '--address': '10.0.0.0/8', '--username': 'b2@acme.example', '--permission-set': 'B2' }
  const refused = await folder.run([...user({ ...wide, '--own-profile': 'B2' }), '--yes'])
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /more than a \/24/)
  const { '--own-profile': _none, ...shared } = wide
  assert.match((await folder.run([...user(shared), '--yes'])).stderr, /others use Minimum Access/)
})

test('killed after any of its writes, the next run goes on: one user, one assignment', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim, query } = world
  const moments = [
    { path: '/sobjects/User$', action: { holdAfter: true } },
    { path: '/sobjects/PermissionSetLicenseAssign$', action: { holdAfter: true } },
    { path: '/sobjects/PermissionSetAssignment$', action: { holdBefore: true } },
  ] as const
  for (const [index, { path, action }] of moments.entries()) {
    const named = { '--username': `bot${index}@acme.example`, '--permission-set': `Bot_${index}` }
    const fault = sim.control.addFault({ match: { path, method: 'POST' }, action })
    const running = folder.start([...user(named), '--yes'])
    await sim.control.held({ fault: fault.id, count: 1, timeoutMs: 20_000 })
    running.child.kill('SIGKILL')
    await running.ended
    sim.control.removeFaults(fault.id)
    sim.control.release()
    const begun = await folder.json(['provision', 'list'])
    const states = begun.value.made.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`)
    assert.ok(states.includes(`bot${index}@acme.example begun`), `nothing half-made is unnamed: ${states.join()}`)
    const made = await folder.json([...user(named), '--yes'])
    assert.equal(made.value.done, true, JSON.stringify(made.value))
    assert.equal((await query(`SELECT Id FROM User WHERE Username = 'bot${index}@acme.example'`)).length, 1)
    const held = await query(`SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Bot_${index}'`)
    assert.equal(held.length, 1)
  }
})

test('what is not ours, not licensed, or not there is refused before anything is written', async (t) => {
  const world = await provisionWorld(t)
  const { folder, query } = world
  const refused = async (args: readonly string[], said: RegExp): Promise<void> => {
    const ran = await folder.run([...args, '--yes'])
    assert.ok([2, 4, 5].includes(ran.code ?? 0), ran.stdout + ran.stderr)
    assert.match(ran.stderr, said)
  }
  await refused(user({ '--username': 'api@acme.example' }), /There is a user api@acme.example already/)
  await refused(user({ '--permission-set': 'Billing_Sync_Integration' }), /There is a permission set/)
  await refused(user({ '--own-profile': 'Standard User' }), /is of Salesforce, not of Salesforce Integration/)
  await refused(user({ '--name': 'x' }), /name/)
  await refused([...user(), '--object', 'Nothing__c:read'], /Nothing__c is no object/)
  await refused([...user(), '--field', 'Account.Nothing:read'], /Account.Nothing is no field/)
  await refused([...user(), '--object', 'Contact:read,delete'], /can empty the org/)
  await refused([...user(), '--verify-grant', 'acme'], /signs in as somebody else/)
  assert.deepEqual(await query(`SELECT Id FROM PermissionSet WHERE Name = 'Billing_Integration'`), [])

  for (const n of [1, 2, 3, 4])
    good(await folder.run([...user({ '--username': `n${n}@acme.example`, '--permission-set': `N${n}` }), '--yes']))
  await refused(user(), /No seat of “Salesforce Integration” is free \(5 of 5 used\)/)
  assert.deepEqual(await query(`SELECT Id FROM PermissionSet WHERE Name = 'Billing_Integration'`), [])
  assert.deepEqual((await folder.json(['provision', 'list'])).value.made.length, 4)
})

test('hostile names are data: no terminal takes them for commands, and no file for elements', async (t) => {
  const world = await provisionWorld(t)
  const { folder, query } = world
  const name = `=HYPERLINK("http://x")\u001b[2J</label><x>&\u202e`
  const made = good(await folder.run([...user({ '--name': name }), '--yes']))
  const harmless = (text: string): boolean => !text.includes('\u001b') && !text.includes('\u202e')
  assert.ok(harmless(made.stdout + made.stderr))
  const [row] = await query(`SELECT LastName FROM User WHERE Username = 'billing@acme.example'`)
  assert.equal(row?.['LastName'], name)
  const list = await folder.run(['provision', 'list'])
  assert.ok(harmless(list.stdout))
})

test('an org that answers oddly makes an error with a code, and leaves nothing half-made unnamed', async (t) => {
  const world = await provisionWorld(t)
  const { folder, sim, query } = world
  const odd: readonly (readonly [object, object])[] = [
    [{ path: '/query$' }, { status: 200, html: true }],
    [{ path: '/query$' }, { status: 200, body: '{"records":[{}]}' }],
    [{ path: '/query$' }, { status: 403, body: '[{"errorCode":"INVALID_TYPE","message":"\u001b[2Jno"}]' }],
    [{ path: '/describe$' }, { status: 200, body: '{"name":"Account","fields":"none"}' }],
    [{ endpoint: 'metadata' }, { status: 500, html: true }],
    [
      { path: '/sobjects/User$', method: 'POST' },
      { status: 400, body: '[{"errorCode":"DUPLICATE_USERNAME","message":"Duplicate Username.<br>taken"}]' },
    ],
  ]
  for (const [match, action] of odd) {
    const fault = sim.control.addFault({ match, count: 'forever', action })
    const ran = await folder.run([...user(), '--yes'])
    sim.control.removeFaults(fault.id)
    const all = ran.stdout + ran.stderr
    assert.notEqual(ran.code, 0, JSON.stringify(match))
    assert.doesNotMatch(all, /DEFECT|at \w+ \(/, JSON.stringify([match, action]))
    assert.ok(!all.includes('\u001b'))
  }
  const begun = (await folder.json(['provision', 'list'])).value.made as readonly { readonly state: string }[]
  assert.deepEqual(
    begun.map(({ state }) => state),
    ['begun'],
    'the permission set is there, the user is not: it has a name',
  )
  good(await folder.run([...user(), '--yes']))
  assert.equal((await query(`SELECT Id FROM User WHERE Username = 'billing@acme.example'`)).length, 1)
})
