/** Switched on and watched over the wire: clients that live, one that dies, and a process that is killed in between. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rtrCompany } from './rtr-company.ts'
import type { Company } from './rtr-company.ts'

const app = 'Token_Inspector'
const user = 'bruno.berg@legacy.example'
const agreed = ['--yes', '--cut-off-anyway', 'nobody could be asked'] as const

interface WatchJson {
  readonly failed: boolean
  readonly clients: readonly { readonly program: string; readonly state: string; readonly refused: number }[]
  readonly lostTokens: readonly { readonly user: string; readonly before: number; readonly now: number }[]
}

const granted = ({ sim }: Company): string => sim.control.grant({ user, app }).refreshToken

test('a client that keeps each new token is proved at its second refresh, and nothing is taken back', async (t) => {
  const company = await rtrCompany(t)
  const first = granted(company)
  const flags = ['--watch', '1h', '--every', '200ms', '--roll-back-on-failure'] as const
  const running = company.start('enable', 'acme', app, ...agreed, ...flags)
  await running.said(/0 seen, 0 proved/)
  const second = await company.refresh(app, first, 'good-client/1.0')
  assert(second !== null && second !== first, 'it rotates')
  assert(await company.refresh(app, second, 'good-client/1.0'))
  await running.said(/1 seen, 1 proved/)
  running.child.kill('SIGINT')
  const { code, stdout, stderr } = await running.ended
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /good-client .*proved/)
  assert.equal(company.rotates(app), true)
})

test('a client that sends the spent token again is seen to die at once, and rotation is taken back', async (t) => {
  const company = await rtrCompany(t)
  const token = granted(company)
  const flags = ['--watch', '1h', '--every', '200ms', '--roll-back-on-failure'] as const
  const running = company.start('enable', 'acme', app, ...agreed, ...flags)
  await running.said(/0 seen, 0 proved/)
  assert(await company.refresh(app, token, 'naive-client/1.0'), 'the first refresh works for everybody')
  assert.equal(await company.refresh(app, token, 'naive-client/1.0'), null)
  const { code, stdout, stderr } = await running.ended
  assert.equal(code, 1, stderr)
  assert.match(stdout, /naive-client .*REFUSED/)
  assert.match(stdout, /rotation of Token_Inspector is off/)
  assert.equal(company.rotates(app), false)
  const kinds = (await company.ledger()).map(({ kind }) => kind)
  assert.deepEqual(
    kinds.filter((kind) => kind.startsWith('rtr-')),
    ['rtr-enable-began', 'rtr-enable-ended', 'rtr-watched', 'rtr-roll-back-began', 'rtr-roll-back-ended'],
  )
})

test('without the flag a death is told with the way back, and the status tells it again', async (t) => {
  const company = await rtrCompany(t)
  const token = granted(company)
  const running = company.start('enable', 'acme', app, ...agreed, '--watch', '1h', '--every', '200ms', '--json')
  for (const until = Date.now() + 30_000; !company.rotates(app);) {
    assert(Date.now() < until, 'it was never switched on')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert(await company.refresh(app, token, 'naive-client/1.0'))
  assert.equal(await company.refresh(app, token, 'naive-client/1.0'), null)
  const { code, stdout } = await running.ended
  assert.equal(code, 1)
  const { watch, rolledBack } = JSON.parse(stdout) as { watch: WatchJson; rolledBack: unknown }
  assert.equal(watch.failed, true)
  assert.equal(rolledBack, null)
  assert.equal(watch.clients.find(({ program }) => program === 'naive-client')?.state, 'refused')
  assert.deepEqual(watch.lostTokens, [{ user, before: 2, now: 1 }], 'a replay costs the whole grant')
  assert.equal(company.rotates(app), true)
  const status = await company.rtr('status', 'acme', app)
  assert.equal(status.code, 1)
  assert.match(status.stdout, /naive-client .*REFUSED/)
  assert.equal((await company.rtr('roll-back', 'acme', app, '--yes')).code, 0)
  assert.equal(company.rotates(app), false)
})

test('an org that is away for a while during the watch ends nothing', async (t) => {
  const company = await rtrCompany(t)
  const token = granted(company)
  const running = company.start('enable', 'acme', app, ...agreed, '--watch', '1h', '--every', '200ms')
  await running.said(/0 seen, 0 proved/)
  company.sim.control.addFault({ match: { endpoint: 'data' }, count: 4, action: { status: 503, body: 'away' } })
  assert(await company.refresh(app, token, 'good-client/1.0'))
  await running.said(/1 seen, 0 proved/)
  running.child.kill('SIGTERM')
  const { code, stdout, stderr } = await running.ended
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /Nobody was refused/)
})

test('killed after the org took it and before anybody said so: the same command finds out, watches, and can take it back', async (t) => {
  const company = await rtrCompany(t)
  const { sim } = company
  const token = granted(company)
  sim.control.addFault({
    name: 'step',
    match: { endpoint: 'metadata' },
    count: 'forever',
    action: { holdBefore: true },
  })
  const running = company.start('enable', 'acme', app, ...agreed)
  let over = false
  void running.ended.then(() => (over = true))
  while (!company.rotates(app)) {
    assert(!over, 'it ended before the org was changed')
    for (const { id } of await sim.control.held({ fault: 'step', count: 1, timeoutMs: 1_000 })) sim.control.release(id)
  }
  running.child.kill('SIGKILL')
  await running.ended
  sim.control.removeFaults('step')
  sim.control.release('step')

  const entries = (await company.ledger()).map(({ kind }) => kind).filter((kind) => kind.startsWith('rtr-'))
  assert.deepEqual(entries, ['rtr-enable-began'])
  assert(await company.refresh(app, token, 'naive-client/1.0'))
  assert.equal(await company.refresh(app, token, 'naive-client/1.0'), null)
  const again = await company.json('enable', 'acme', app, '--yes', '--watch', '1s', '--every', '200ms')
  assert.equal(again.code, 1, JSON.stringify(again.value))
  assert.equal(again.value.outcome, 'nothing-to-do')
  assert.deepEqual(again.value.watch.lostTokens, [{ user, before: 2, now: 1 }], 'compared with before the first run')
  const back = await company.rtr('roll-back', 'acme', app, '--yes')
  assert.equal(back.code, 0, back.stderr)
  assert.equal(company.rotates(app), false)
})

for (const [skip, why, expected] of [
  [0, 'taken, and not to be read back', 5],
  [1, 'read back, and not to be verified', 1],
] as const)
  test(`an org that goes away once it took it (${why}): nothing is forgotten, and the same command finds out`, async (t) => {
    const company = await rtrCompany(t)
    const { sim } = company
    const match = { endpoint: 'metadata' } as const
    sim.control.addFault({ name: 'all', match, count: 'forever', action: { holdBefore: true } })
    const running = company.start('enable', 'acme', app, ...agreed)
    let over = false
    void running.ended.then(() => (over = true))
    for (;;) {
      const held = await sim.control.held({ fault: 'all', count: 1, timeoutMs: 1_000 })
      if (company.rotates(app) && held.length > 0) break
      assert(!over, 'it ended before the org was changed')
      for (const { id } of held) sim.control.release(id)
    }
    sim.control.removeFaults('all')
    sim.control.addFault({ name: 'away', match, skip, count: 'forever', action: { status: 503, body: 'away' } })
    sim.control.release('all')
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, expected, stdout + stderr)
    assert.match(stdout, /Run the same command again: it finds out/)
    sim.control.removeFaults('away')
    assert.notEqual((await company.json('status', 'acme', app)).value.apps[0].by, 'keyturn', 'nobody knows yet')
    assert.equal((await company.rtr('enable', 'acme', app, '--yes')).code, 0)
    assert.equal((await company.json('status', 'acme', app)).value.apps[0].by, 'keyturn')
    assert.equal((await company.rtr('roll-back', 'acme', app, '--yes')).code, 0)
    assert.equal(company.rotates(app), false)
  })

test('killed before the org took it: the status says so, and the same command does it', async (t) => {
  const company = await rtrCompany(t)
  const { sim } = company
  sim.control.addFault({ name: 'all', match: { endpoint: 'metadata' }, count: 'forever', action: { holdBefore: true } })
  const running = company.start('enable', 'acme', app, ...agreed)
  let over = false
  let accepted = false
  void running.ended.then(() => (over = true))
  void running.said(/The org accepts it/).then(
    () => (accepted = true),
    () => undefined,
  )
  // What is held when the dry run was accepted comes after the ledger's entry and before the deployment.
  for (;;) {
    const held = await sim.control.held({ fault: 'all', count: 1, timeoutMs: 1_000 })
    if (accepted && held.length > 0) break
    assert(!over, 'it ended before it was to be killed')
    for (const { id } of held) sim.control.release(id)
  }
  running.child.kill('SIGKILL')
  await running.ended
  sim.control.removeFaults('all')
  sim.control.release('all')
  assert.equal(company.rotates(app), false)
  const status = await company.json('status', 'acme')
  assert.deepEqual(status.value.unfinished, [`app:${app}`])
  assert.equal((await company.rtr('enable', 'acme', app, ...agreed)).code, 0)
  assert.equal(company.rotates(app), true)
  assert.deepEqual((await company.json('status', 'acme')).value.unfinished, [])
})

test('killed before anybody agreed: what somebody else switches on later is not Keyturn’s to take back', async (t) => {
  const company = await rtrCompany(t)
  const { sim } = company
  sim.control.addFault({ name: 'all', match: { endpoint: 'metadata' }, count: 'forever', action: { holdBefore: true } })
  const running = company.start('enable', 'acme', 'Team_CLI', ...agreed)
  let planned = false
  void running.said(/will go on: each new token is kept/).then(
    () => (planned = true),
    () => undefined,
  )
  // What is held once that was said is asked for the diff and the dry run.
  for (;;) {
    const held = await sim.control.held({ fault: 'all', count: 1, timeoutMs: 10_000 })
    if (planned && held.length > 0) break
    for (const { id } of held) sim.control.release(id)
  }
  running.child.kill('SIGKILL')
  await running.ended
  sim.control.removeFaults('all')
  sim.control.release('all')
  assert.deepEqual((await company.json('status', 'acme')).value.unfinished, [])
  sim.control.changeApp({ app: 'Team_CLI', settings: { rotation: true } })
  const found = await company.rtr('enable', 'acme', 'Team_CLI', '--yes')
  assert.match(found.stdout, /It rotates already; nothing was changed/)
  const back = await company.json('roll-back', 'acme', 'Team_CLI', '--yes')
  assert.equal(back.value.error.code, 'BAD_ARGUMENT')
  assert.equal(company.rotates('Team_CLI'), true)
})

test('the app that Keyturn itself comes by: it says so, and its own grant lives on', async (t) => {
  const company = await rtrCompany(t)
  const on = await company.rtr('enable', 'acme', 'Team_CLI', ...agreed)
  assert.equal(on.code, 0, on.stderr)
  assert.match(on.stdout, /Keyturn’s own grant of this app \(acme\) will go on/)
  for (let n = 0; n < 3; n++) {
    assert(company.sim.control.expireAccessTokens() > 0)
    const called = await company.folder.run(['fields', 'acme', 'Account'], { env: company.env })
    assert.equal(called.code, 0, called.stderr)
  }
  const status = await company.json('status', 'acme', 'Team_CLI')
  assert.equal(status.code, 0)
  assert.deepEqual(status.value.apps[0].watch.lostTokens, [])
})
