/** Every kind of death made to happen in a simulated org, and what Keyturn says of it. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { recordDeath } from '../../src/forensics/examine-death.ts'
import type { DeathVerdict } from '../../src/forensics/judge-death.ts'
import { DAY, DESCRIBE, HOUR, startDeath, USER } from './scene.ts'

const told = ({ verdict, cause, certainty }: DeathVerdict) => [verdict, cause, certainty]

test('a thief who spends the token from elsewhere is an alarm: likely by the ledger, certain by Login History', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  await org.live(6)
  org.advance(HOUR)
  const stolen = await org.present()
  assert.notEqual(await org.spend(ready, stolen, '203.0.113.66'), null)
  org.advance(2 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger, asked } = await org.verdicts()
  assert.deepEqual(told(ledger), ['somebody-else', 'nobody-here-spent-it', 'likely'])
  assert.deepEqual(told(asked), ['somebody-else', 'foreign-exchange', 'certain'])
  assert.match(asked.text, /203\.0\.113\.66/)
  assert.ok(asked.evidence.some(({ entry, text }) => entry === null && text.includes('203.0.113.66')))
  assert.ok(ledger.evidence.every(({ entry }) => typeof entry === 'number'))
  assert.ok(asked.evidence.every(({ at }, index, all) => index === 0 || at >= (all[index - 1]?.at ?? 0)))
  assert.ok(!JSON.stringify([ledger, asked]).includes(stolen))
})

test('a thief who shows a token that was used up long ago is an alarm, too', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  await org.live(6)
  org.advance(10 * 60_000)
  assert.equal(await org.spend(ready, ready.refreshToken, '203.0.113.66'), null)
  org.advance(10 * 60_000)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { asked } = await org.verdicts()
  assert.deepEqual(told(asked), ['somebody-else', 'old-token-replayed', 'likely'])
})

test('two stores that share a token: the other one spent it, from our own address', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  const shared = await org.present()
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-second-store-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const other = await org.open({ store: `sqlite:${join(folder, 'other.db')}` })
  const { instanceUrl: loginUrl, clientId, clientSecret } = ready
  await other.grants.add({
    name: 'acme',
    flow: 'refresh_token',
    loginUrl,
    clientId,
    clientSecret,
    refreshToken: shared,
  })
  org.advance(3 * HOUR)
  await other.token('acme')
  org.advance(3 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger, asked } = await org.verdicts()
  assert.deepEqual(told(ledger), ['somebody-else', 'nobody-here-spent-it', 'likely'])
  assert.deepEqual(told(asked), ['somebody-else', 'foreign-exchange-from-our-address', 'certain'])
})

test('a lost answer is our own: likely by the ledger, certain where Login History shows that it was answered', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.advance(3 * HOUR)
  org.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'refresh_token' },
    action: { drop: 'after' },
  })
  assert.equal(await org.call(), 'GRANT_IN_DOUBT')
  org.advance(HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger, asked } = await org.verdicts()
  assert.deepEqual(told(ledger), ['own-attempt', 'lost-answer', 'likely'])
  assert.deepEqual(told(asked), ['own-attempt', 'lost-answer', 'certain'])
  const kinds = (await org.keyturn.store.ledger(1, 1000)).filter(({ seq }) =>
    ledger.evidence.some(({ entry }) => entry === seq),
  )
  assert.deepEqual(
    kinds.map(({ kind }) => kind),
    ['exchanged', 'claimed', 'in-doubt', 'replay-claimed', 'refused'],
  )
})

test('a request that never reached Salesforce does not excuse a thief where Login History tells them apart', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  await org.live(3)
  org.advance(HOUR)
  const stolen = await org.present()
  org.sim.control.addFault({
    match: { endpoint: 'token', grantType: 'refresh_token' },
    action: { drop: 'before' },
  })
  org.advance(2 * HOUR)
  assert.equal(await org.call(), 'GRANT_IN_DOUBT')
  org.advance(20 * 60_000)
  assert.notEqual(await org.spend(ready, stolen, '203.0.113.66'), null)
  org.advance(HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger, asked } = await org.verdicts()
  assert.deepEqual(told(ledger), ['own-attempt', 'lost-answer', 'likely'])
  assert.deepEqual(told(asked), ['somebody-else', 'foreign-exchange', 'certain'])
})

test('a deactivated user is named by the refusal itself', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.sim.control.changeUser({ user: USER, change: { active: false }, by: 'admin@acme.example' })
  org.advance(3 * HOUR)
  assert.equal(await org.call(), 'GRANT_BLOCKED')
  const { ledger } = await org.verdicts()
  assert.deepEqual(told(ledger), ['known-cause', 'user-inactive', 'certain'])
})

test('a user whom Salesforce froze and whose tokens it revoked is found in the audit trail', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  await org.live(3)
  org.advance(HOUR)
  org.sim.control.changeUser({ user: USER, change: { frozen: true }, contain: true })
  org.advance(2 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { asked } = await org.verdicts()
  assert.deepEqual(told(asked), ['known-cause', 'user-frozen', 'certain'])
  assert.ok(asked.evidence.some(({ text }) => /frozeuser/.test(text)))
})

test('the sixth approval of the same user and app, counted in this ledger or in the org', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.advance(HOUR)
  for (let n = 1; n <= 5; n++) await org.add({ name: `more${n}` })
  for (let n = 1; n <= 5; n++) assert.equal(await org.call(`more${n}`), 200)
  org.advance(3 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger } = await org.verdicts()
  assert.deepEqual(told(ledger), ['known-cause', 'approval-limit', 'likely'])
  assert.match(ledger.text, /5 more times/)
})

test('five approvals by other programs are seen in the org only', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  org.advance(HOUR)
  for (let n = 1; n <= 5; n++) org.ready()
  org.advance(3 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { asked } = await org.verdicts()
  assert.deepEqual(told(asked), ['known-cause', 'approval-limit', 'likely'])
})

test('an administrator’s revocation: possible theft by the ledger, ended at Salesforce by Login History', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  await org.live(6)
  org.advance(5 * 60_000)
  org.sim.control.revokeGrant({ grant: ready.grant })
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger, asked } = await org.verdicts()
  assert.deepEqual(told(ledger), ['somebody-else', 'nobody-here-spent-it', 'possible'])
  assert.deepEqual(told(asked), ['known-cause', 'ended-at-salesforce', 'likely'])
})

test('another program of the same user and app, with a token of its own, is not taken for a thief', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  org.advance(HOUR)
  const laptop = org.ready()
  await org.live(6)
  assert.notEqual(await org.spend(laptop, laptop.refreshToken, '203.0.113.7'), null)
  org.advance(5 * 60_000)
  org.sim.control.revokeGrant({ grant: ready.grant })
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { asked } = await org.verdicts()
  assert.deepEqual(told(asked), ['somebody-else', 'foreign-exchange', 'possible'])
  assert.match(asked.text, /may as well have been another program with a token of its own/)
})

test('forty idle days', async (t) => {
  const org = await startDeath(t, { idleLimitMs: 30 * DAY })
  await org.add()
  assert.equal(await org.call(), 200)
  org.advance(40 * DAY)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger } = await org.verdicts()
  assert.deepEqual(told(ledger), ['known-cause', 'idle-limit', 'likely'])
  assert.match(ledger.text, /40 days/)
})

test('a restored copy', async (t) => {
  const org = await startDeath(t)
  await org.add()
  assert.equal(await org.call(), 200)
  await org.keyturn.close()
  const files = (): readonly string[] =>
    readdirSync(org.folder).filter((name) => /^keyturn\.db(-wal|-shm)?$/.test(name))
  const old = mkdtempSync(join(tmpdir(), 'keyturn-old-copy-'))
  t.after(() => rmSync(old, { recursive: true, force: true }))
  for (const name of files()) copyFileSync(join(org.folder, name), join(old, name))
  const later = await org.open()
  for (let n = 0; n < 3; n++) {
    org.advance(3 * HOUR)
    assert.equal((await later.fetch('acme', DESCRIBE)).status, 200)
  }
  await later.close()
  for (const name of files()) rmSync(join(org.folder, name))
  for (const name of readdirSync(old)) copyFileSync(join(old, name), join(org.folder, name))
  org.advance(3 * HOUR)
  const stranger = mkdtempSync(join(tmpdir(), 'keyturn-other-host-'))
  t.after(() => rmSync(stranger, { recursive: true, force: true }))
  const restored = await org.open({ stateFolder: stranger })
  await restored.store.wentBack('a restored copy')
  for (const { host } of await restored.store.hosts()) await restored.store.greet(host, true)
  for (let tries = 0; tries < 5 && (await restored.grants.show('acme')).status === 'in-doubt'; tries++) {
    org.advance(2 * HOUR)
    await restored.fetch('acme', DESCRIBE).catch(() => undefined)
  }
  const { ledger, asked } = await org.verdicts(restored)
  assert.deepEqual(told(ledger), ['own-attempt', 'restored-copy', 'likely'])
  // What the replaced store did is in Login History: nobody else's, though this ledger does not know of it.
  assert.deepEqual(told(asked), ['own-attempt', 'restored-copy', 'certain'])
})

test('a token that was handed out is looked for where it went', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  await org.live(3)
  const copy = await org.keyturn.grants.export('acme', { move: false, to: 'the nightly job' })
  org.advance(HOUR)
  assert.notEqual(await org.spend(ready, copy.reveal()), null)
  org.advance(2 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger } = await org.verdicts()
  assert.deepEqual(told(ledger), ['own-attempt', 'exported-copy', 'likely'])
  assert.match(ledger.text, /the nightly job/)
})

test('a token that never worked here says nothing about a thief', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.notEqual(await org.spend(ready), null)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const { ledger } = await org.verdicts()
  assert.deepEqual(told(ledger), ['undetermined', 'never-worked-here', 'possible'])
})

test('an org that can’t be asked makes a verdict less sure and is no error', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  org.advance(HOUR)
  assert.notEqual(await org.spend(ready, await org.present(), '203.0.113.66'), null)
  org.advance(2 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  org.sim.control.addFault({ match: { path: '/query' }, count: 'forever', action: { status: 500, when: 'before' } })
  const { asked } = await org.verdicts()
  assert.deepEqual(told(asked), ['somebody-else', 'nobody-here-spent-it', 'likely'])
  assert.match(asked.text, /Not readable in the org: /)
})

test('every replica that hears of a death gets the verdict, and the ledger keeps it once', async (t) => {
  const org = await startDeath(t)
  const ready = await org.add()
  assert.equal(await org.call(), 200)
  assert.equal(await recordDeath(org.keyturn, 'acme', { clock: systemClock, ask: null }), null)
  org.advance(HOUR)
  assert.notEqual(await org.spend(ready, await org.present()), null)
  org.advance(2 * HOUR)
  assert.equal(await org.call(), 'GRANT_DEAD')
  const replicas = [org.keyturn, await org.open(), await org.open()]
  const verdicts = await Promise.all(
    replicas.map((one) => recordDeath(one, 'acme', { clock: systemClock, ask: 20_000 })),
  )
  assert.deepEqual(
    verdicts.map((one) => one?.cause),
    Array.from({ length: 3 }, () => 'foreign-exchange-from-our-address'),
  )
  const judged = (await org.keyturn.store.ledger(1, 1000)).filter(({ kind }) => kind === 'death-judged')
  assert.deepEqual(
    judged.map(({ data }) => data),
    [{ verdict: 'somebody-else', cause: 'foreign-exchange-from-our-address', certainty: 'certain' }],
  )
})
