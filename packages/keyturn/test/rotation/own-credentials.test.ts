/** Keyturn's own credentials: a refresh-token grant authorised anew, a caller's secret, the master key. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { Secret } from '@keyturn/tokens'
import { manageCallers } from '../../src/broker/callers/manage-callers.ts'
import { openCallers } from '../../src/broker/callers/open-callers.ts'
import { quietLog } from '../../src/caller/quiet-log.ts'
import { openUses } from '../../src/usage/uses.ts'
import { signIn, webGrant } from './refresh-grant.ts'
import { Killed, scene, toTheEnd } from './scene.ts'
import type { Scene } from './scene.ts'

const hour = 3_600_000

const connected = async (t: TestContext): Promise<Scene> => {
  const place = await scene(t)
  await webGrant(place)
  return place
}

void test('a grant is authorised anew by whatever door, proved, and the old one is revoked', async (t) => {
  const place = await connected(t)
  const sections = { credentials: { acme: { kind: 'refresh-token', grant: 'acme' } } }
  const open = () => place.process(sections)
  await open().start('acme', { why: 'policy', who: 'test', attended: false })
  const waiting = await toTheEnd(place, 'acme', open)
  assert.equal(waiting.state, 'waiting-for-person')
  assert.match(waiting.person?.clicks[0] ?? '', /keyturn connect acme/)
  // Nobody tells the run; it looks by itself.
  await signIn(place)
  place.advance(61_000)
  const run = await toTheEnd(place, 'acme', open)
  assert.equal(run.state, 'retired', run.problem?.text)
  assert.match(run.done.at(-1)?.note ?? '', /1 revoked/)
  assert.equal((await place.keyturn.fetch('acme', '/services/data')).status, 200)
  const age = await open().age('acme')
  assert.equal(age.basis, 'known')
})

void test('an authorisation that is dead before it was proved is noticed there, and another one goes on', async (t) => {
  const place = await connected(t)
  const sections = { credentials: { acme: { kind: 'refresh-token', grant: 'acme' } } }
  const open = () => place.process(sections)
  await open().start('acme', { why: 'policy', who: 'test', attended: false })
  await toTheEnd(place, 'acme', open)
  await signIn(place)
  for (const { grants } of place.sim.control.state())
    for (const { id } of grants) place.sim.control.revokeGrant({ grant: id })
  place.advance(61_000)
  const halted = await toTheEnd(place, 'acme', open)
  assert.deepEqual([halted.state, halted.begun?.step, halted.problem?.code], ['halted', 'verify', 'GRANT_DEAD'])
  assert.deepEqual(
    halted.done.map(({ step }) => step),
    ['authorise'],
  )
  await signIn(place)
  await open().resume('acme')
  const run = await toTheEnd(place, 'acme', open)
  assert.equal(run.state, 'retired', run.problem?.text)
})

void test('a caller’s secret: both are taken during the overlap, who shows the old one is named, nobody waits for ever', async (t) => {
  const place = await connected(t)
  const { keyturn, clock, folder } = place
  const manage = manageCallers({ keyturn, clock, random: randomBytes, log: quietLog })
  const added = await manage.add({
    name: 'etl',
    grants: ['acme'],
    faces: ['oauth', 'soap', 'proxy'],
    ranges: ['10.0.0.0/8'],
    expiresAt: clock.wall() + 400 * 24 * hour,
    virtualUser: 'etl@broker',
  })
  const old = added.secret
  const sections = {
    destinations: { env: { kind: 'env-file', file: join(folder, '.env'), create: true } },
    credentials: {
      etl: { kind: 'caller-secret', caller: 'etl', destinations: ['env'], drain: { quiet: '2h', atMost: '10d' } },
    },
  }
  for (const at of [4, 6, 8]) {
    const dying = place.process(sections, { die: { at, when: at % 4 === 0 ? 'after' : 'before' } })
    await (at === 4 ? dying.start('etl', { why: 'due', who: 'test', attended: false }) : Promise.resolve()).catch(
      () => undefined,
    )
    await assert.rejects(
      toTheEnd(place, 'etl', () => dying),
      Killed,
    )
    place.advance(31_000)
  }
  const uses = openUses({ store: keyturn.store, clock, log: quietLog, replica: 'one' })
  const callers = openCallers({ keyturn, clock, log: quietLog, uses, staleMax: 1_000, staleAfter: 0 })
  const login = async (secret: Secret): Promise<boolean> =>
    (await callers.authenticate({ kind: 'secret', id: added.caller.id, secret }, {
      address: '10.1.1.1',
      face: 'oauth',
      transport: null,
    } as never)) !== null
  const open = () => place.process(sections)
  const rounds: string[] = []
  let rest = 3
  const run = await toTheEnd(place, 'etl', open, async ({ state, waitsFor }) => {
    rounds.push(`${state}: ${waitsFor ?? ''}`)
    if (state === 'draining' && (rest -= 1) > 0) {
      assert.equal(await login(old), true, 'the old one works during the overlap')
      await uses.flush()
    }
  })
  await uses.close()
  assert.equal(run.state, 'retired', run.problem?.text)
  assert(
    rounds.some((one) => one.includes('still used by etl (showed the old secret)')),
    rounds.join('\n'),
  )
  const written = /SF_SECRET=["']?([^"'\n]+)/.exec(readFileSync(join(folder, '.env'), 'utf8'))?.[1]
  assert.equal(await login(new Secret(written ?? '')), true, 'what was distributed signs in')
  assert(clock.wall() < run.startedAt + 10 * 24 * hour, 'long before the overlap ends by itself')
  assert.equal(await login(old), false, 'the old one ended when nobody used it any more')
})

void test('the master key: a person changes it, the run sees it in the ledger', async (t) => {
  const place = await connected(t)
  const sections = { credentials: { key: { kind: 'master-key', to: 'file:./next.key' } } }
  const open = () => place.process(sections)
  await open().start('key', { why: 'yearly', who: 'test', attended: false })
  const waiting = await toTheEnd(place, 'key', open)
  assert.match(waiting.person?.clicks.join(' ') ?? '', /store rotate-key --to file:.\/next.key/)
  await place.keyturn.store.note('master-key-rotated', null, { from: 'a', to: 'b', keys: 1 })
  place.advance(61_000)
  const run = await toTheEnd(place, 'key', open)
  assert.equal(run.state, 'retired')
})
