import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { provedDead, thisHolder } from '../../src/holder.ts'
import { pruneJournals } from '../../src/journal/prune.ts'
import { readJournals } from '../../src/journal/read.ts'
import { keys, markAt, newFolder, storeId } from './fixture.ts'

const steps = ['ready', 'sending', 'head', 'half', 'body', 'end', 'flushed', 'finished', 'committed'] as const

function start(folder: string, state: string, exchanges: number): { child: ChildProcess; next: () => Promise<string> } {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crash-child.ts'), folder, state, String(exchanges)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  assert.ok(child.stdout)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, next: async () => String((await lines.next()).value) }
}

const gone = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

const kill = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL')
  await gone(child)
}

test('killed at any step, everything up to that step is read back and the holder is proved dead', async (t) => {
  const folder = await newFolder(t)
  const state = `${folder}.host`
  const own = await thisHolder(state)
  const read = { folder, storeId, keys }
  const { child, next } = start(folder, state, 1)
  t.after(() => kill(child))
  // One child shows all steps to a reader that runs beside it; killed children follow.
  const seen: string[] = []
  for (const step of steps) {
    assert.equal(await next(), step)
    const { attempts, damage } = await readJournals(read)
    assert.deepEqual(damage, [])
    const [a] = attempts
    const state = [
      a?.sentAt,
      a?.answer?.status,
      a?.answer?.body.length,
      a?.answer?.complete,
      a?.finishedAt,
      a?.committed,
    ]
    seen.push(state.map((value) => (value ? '1' : '0')).join(''))
    if (a?.holder) assert.equal(provedDead(a.holder, own), false)
    child.stdin?.write('.')
  }
  assert.deepEqual(seen, ['000000', '100000', '110000', '111000', '111000', '111100', '111100', '111110', '111111'])
  assert.equal(await next(), 'closed')
  await gone(child)

  for (const [index, step] of steps.entries()) {
    const folder = await newFolder(t)
    const { child, next } = start(folder, state, 1)
    t.after(() => kill(child))
    for (const before of steps.slice(0, index)) {
      assert.equal(await next(), before)
      child.stdin?.write('.')
    }
    assert.equal(await next(), step)
    await kill(child)
    const { attempts, damage, highestMark } = await readJournals({ folder, storeId, keys })
    assert.deepEqual(damage, [], step)
    const [a] = attempts
    const state6 = [
      a?.sentAt,
      a?.answer?.status,
      a?.answer?.body.length,
      a?.answer?.complete,
      a?.finishedAt,
      a?.committed,
    ]
    assert.equal(state6.map((value) => (value ? '1' : '0')).join(''), seen[index], step)
    if (!a?.holder) continue
    assert.equal(provedDead(a.holder, own), true, step)
    assert.deepEqual(highestMark, markAt(step === 'committed' ? 1 : 0))
    if (index >= steps.indexOf('body')) assert.equal(a.answer?.body.toString(), '{"refresh_token":"next"}')
    const pruned = await pruneJournals({ folder, storeId, keys, own, now: Date.now() + 31 * 86_400_000 })
    assert.equal(pruned.deleted.length, step === 'committed' ? 1 : 0, step)
  }
})

test('a second process reads while the first appends', async (t) => {
  const folder = await newFolder(t)
  const { child, next } = start(folder, `${folder}.host`, 40)
  t.after(() => kill(child))
  let most = 0
  for (let said = await next(); said !== 'closed'; said = await next()) {
    // Reading overlaps with the child's next steps.
    child.stdin?.write('.')
    const { attempts, damage } = await readJournals({ folder, storeId, keys })
    assert.deepEqual(damage, [])
    assert.ok(attempts.length >= most, 'nothing that was read is missing later')
    most = attempts.length
    for (const { answer } of attempts.slice(0, -1)) assert.equal(answer?.body.toString(), '{"refresh_token":"next"}')
  }
  assert.equal(most, 40)
})
