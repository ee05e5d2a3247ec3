/** Several processes on one store, and processes that die inside of a transaction. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { absent, aGrant, claim, emptyPlace, kinds } from './fixtures.ts'

const program = fileURLToPath(new URL('writer-child.ts', import.meta.url))

const start = (t: TestContext, args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  return child
}

const firstLine = async (child: ChildProcess): Promise<Record<string, unknown>> => {
  if (child.stdout === null) throw new Error('a child without output')
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Record<string, unknown>
  throw new Error(`the child ended without a word: ${String(child.exitCode)}`)
}

for (const kind of kinds) {
  const it = (name: string, body: (t: TestContext) => Promise<void>): void =>
    void test(`${kind}: ${name}`, { skip: absent(kind), timeout: 120_000 }, body)

  it('four processes that claim all the time never win one lineage twice', async (t) => {
    const place = await emptyPlace(t, kind)
    const store = await place.open()
    const grants = await Promise.all(['one', 'two', 'three'].map((name) => store.add(aGrant(name))))
    const children = ['a', 'b', 'c', 'd'].map((name) => start(t, ['claim', place.address, name, '25']))
    const results = await Promise.all(children.map(firstLine))
    const won = results.flatMap((result) => result['won'] as { grant: string; lineage: string }[])
    assert.equal(new Set(won.map(({ lineage }) => lineage)).size, won.length)
    let generations = 0
    for (const { id } of grants) generations += (await store.grantById(id))?.state.generation ?? 0
    assert.equal(generations, won.length)
    assert.ok(won.length >= 25 * grants.length, `at least one process wins in every round, ${won.length} in all`)
    const verdict = await verifyStoreLedger(store)
    assert.deepEqual(verdict, { ok: true, entries: 4 + 2 * won.length, head: await store.mark() })
  })

  for (const task of ['stuck', 'half']) {
    it(`a process killed in the middle of a transaction (${task}) leaves nothing and holds up nobody`, async (t) => {
      const place = await emptyPlace(t, kind)
      const store = await place.open()
      const grant = await store.add(aGrant('one'))
      const before = [await store.grantById(grant.id), await store.mark()]
      const child = start(t, [task, place.address, 'victim'])
      assert.deepEqual(await firstLine(child), { stuck: true })
      const waiting = claim(store, grant).then((event) => store.apply(grant.id, event))
      assert.deepEqual([await store.grantById(grant.id), await store.mark()], before)
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      assert.equal((await waiting).applied, true)
      assert.equal((await verifyStoreLedger(store)).ok, true)
    })
  }
}
