/**
 * Thousands of credentials on a schedule, hundreds due at the same moment, two replicas at once on one store: none is
 * turned twice, none is forgotten, and rounds leave no memory behind. KEYTURN_LONG=1 runs it in full size.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { verifyEntries } from '@keyturn/tokens/ledger'
import { freshDatabase, whyNoPostgres } from '../../../../../test/postgres.ts'
import { day, fleet, hour, turns } from './toy-fleet.ts'

const long = process.env['KEYTURN_LONG'] === '1'
const size = long ? { all: 5_000, due: 200 } : { all: 400, due: 30 }

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heap = (): number => {
  collect()
  return Math.round(process.memoryUsage().heapUsed / 1024)
}

const crowd = async (t: TestContext, store: string): Promise<void> => {
  const isDue = (n: number): boolean => n % (size.all / size.due) < 1
  const toys = Array.from({ length: size.all }, (_, n) => ({
    name: `c${n}`,
    age: isDue(n) ? 90 : 10 + (n % 60),
    schedule: { every: '90d', jitter: '6h', zone: 'Europe/Berlin', window: { from: '00:00', to: '23:00' } },
  }))
  const due = toys.filter((_, n) => isDue(n)).map(({ name }) => name)
  const all = await fleet(store, toys)
  t.after(() => all.close())
  const [a, b] = [await all.replica(), await all.replica()]
  const before = heap()
  const first = await Promise.all([a.round(), b.round({ limit: 7 })])
  const started = first.flatMap((round) => round.started)
  assert.deepEqual(
    first.flatMap(({ failed }) => failed),
    [],
  )
  assert.equal(new Set(started).size, started.length, 'no credential was begun by both')
  assert.deepEqual(started.toSorted(), due.toSorted(), 'exactly those that are due were begun')
  assert(
    first.every((round) => round.started.length + round.elsewhere.length > 0),
    'both wanted the same ones',
  )
  t.diagnostic(first.map((round) => `began ${round.started.length}, left ${round.elsewhere.length}`).join('; '))
  // The drains go on; whoever comes first ends them.
  for (let n = 0; n < 4; n++) {
    all.clock.push(hour)
    const rounds = await Promise.all([a.round(), b.round()])
    assert.deepEqual(
      rounds.flatMap((round) => [...round.failed, ...round.started]),
      [],
    )
  }
  for (const { name } of toys) {
    const expected = due.includes(name) ? 1 : 0
    assert.equal(turns(all, name), expected, name)
  }
  for (const name of due) {
    const doc = await a.rotation.state(name)
    assert.deepEqual([doc?.run, doc?.versions.at(-1)?.n, doc?.versions.at(-1)?.state], [null, 2, 'active'], name)
    assert.deepEqual(all.platforms.get(name)?.effects, ['stage', 'activate', 'login', 'retire'], name)
  }
  const once = heap()
  for (let n = 0; n < 8; n++) {
    all.clock.push(60_000)
    const rounds = await Promise.all([a.round(), b.round()])
    assert.deepEqual(
      rounds.flatMap((round) => [...round.failed, ...round.started, ...round.advanced]),
      [],
    )
  }
  const after = heap()
  t.diagnostic(
    `${size.all} scheduled, ${size.due} due: heap ${before} KiB, after the turns ${once}, after 16 rounds ${after}`,
  )
  assert(after - once < 8 * 1024, `16 rounds left ${after - once} KiB behind`)
  let seq = 0
  const entries = []
  for (;;) {
    const page = await a.keyturn.store.ledger(seq + 1, 1_000)
    if (page.length === 0) break
    entries.push(...page)
    seq += page.length
  }
  assert.equal(verifyEntries(entries).ok, true)
  assert.equal(entries.filter(({ kind }) => kind === 'rotation-retired').length, size.due)
  // Nothing is due again before its time, and what had not been due is when its own has come.
  all.clock.push(22 * day)
  const later = await Promise.all([a.round(), b.round()])
  const next = toys.filter(({ name, age }) => age >= 68 && !due.includes(name)).map(({ name }) => name)
  assert(next.length > 0)
  assert.deepEqual(later.flatMap((round) => round.started).toSorted(), next.toSorted())
}

void test('two replicas share one schedule on SQLite', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-schedule-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await crowd(t, `sqlite:${join(folder, 'k.db')}`)
})

void test('two replicas share one schedule on PostgreSQL', { skip: whyNoPostgres() }, async (t) => {
  await crowd(t, await freshDatabase(t))
})
