import assert from 'node:assert/strict'
import { copyFile, readFile, readdir, rename, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openJournal } from '../../src/journal/journal.ts'
import { journalKeyOf } from '../../src/journal/frame.ts'
import { readJournals } from '../../src/journal/read.ts'
import { scanSegment } from '../../src/journal/scan.ts'
import { key, keys, markAt, nameOf, newFolder, optionsFor, segmentFiles, storeId } from './fixture.ts'

interface Written {
  readonly folder: string
  readonly file: string
  readonly segment: string
  /** The whole file, zeros included. */
  readonly bytes: Buffer
  /** Where each frame begins, and the end of the last. */
  readonly edges: readonly number[]
}

/** A segment of seven frames, everything but the last two durable when the last was written; the writer goes on living. */
async function written(t: TestContext): Promise<Written> {
  const folder = await newFolder(t)
  const journal = await openJournal(optionsFor(folder))
  t.after(() => journal.close())
  await journal.ready()
  const [file = ''] = await segmentFiles(folder)
  const segment = file.slice(0, 32)
  const edges = [0]
  const edge = async (): Promise<void> => {
    edges.push(scanSegment(await readFile(join(folder, file)), segment, storeId, keys).length)
  }
  await edge()
  await journal.sending({ ...nameOf('a'), mark: markAt(5) })
  await edge()
  const answer = journal.answer(nameOf('a'))
  answer.head(200, { 'content-type': 'application/json' })
  await answer.flushed()
  await edge()
  answer.chunk(Buffer.from('{"access_token":"x",'))
  await answer.flushed()
  await edge()
  answer.chunk(Buffer.from('"refresh_token":"y"}'))
  await answer.flushed()
  await edge()
  answer.end({ complete: true })
  await edge()
  await journal.finished('a')
  await edge()
  const bytes = await readFile(join(folder, file))
  return { folder, file, segment, bytes, edges }
}

const edgeOf = ({ edges }: Written, frame: number): number => edges[frame] ?? assert.fail('no such frame')

test('a write that was cut at any byte is a normal end, and everything before it is read', async (t) => {
  const all = await written(t)
  const last = edgeOf(all, 6)
  const end = edgeOf(all, 7)
  const whole = scanSegment(all.bytes, all.segment, storeId, keys)
  assert.equal(whole.records.length, 7)
  for (let cut = last; cut < end; cut++) {
    const zeroed = Buffer.from(all.bytes)
    zeroed.fill(0, cut)
    for (const bytes of [zeroed, all.bytes.subarray(0, cut)]) {
      const scan = scanSegment(bytes, all.segment, storeId, keys)
      assert.equal(scan.records.length, 6, `cut at byte ${cut - last}`)
      assert.deepEqual(
        scan.faults.map(({ kind }) => kind),
        cut === last ? [] : ['torn'],
        `cut at byte ${cut - last}`,
      )
    }
  }
})

test('any changed byte of a frame in the middle is damage, and the later frames are still read', async (t) => {
  const all = await written(t)
  const chunk = edgeOf(all, 3)
  for (let at = chunk; at < edgeOf(all, 4); at++) {
    const bytes = Buffer.from(all.bytes)
    bytes[at] = (bytes[at] ?? 0) ^ 0x55
    const scan = scanSegment(bytes, all.segment, storeId, keys)
    assert.equal(scan.records.length, 6, `byte ${at - chunk}`)
    assert.deepEqual(
      scan.faults.map(({ kind }) => kind),
      ['damaged'],
      `byte ${at - chunk}`,
    )
  }
})

test('a durable frame that was zeroed is damage, not a power cut', async (t) => {
  const all = await written(t)
  const bytes = Buffer.from(all.bytes)
  bytes.fill(0, edgeOf(all, 3), edgeOf(all, 4))
  const scan = scanSegment(bytes, all.segment, storeId, keys)
  assert.deepEqual(
    scan.faults.map(({ kind, from, to }) => [kind, from, to]),
    [['damaged', edgeOf(all, 3), edgeOf(all, 4)]],
  )
})

test('a hole that was not durable yet is the trace of a power cut', async (t) => {
  const all = await written(t)
  const bytes = Buffer.from(all.bytes)
  // The `end` record: nothing was synced between it and `finished`.
  bytes.fill(0, edgeOf(all, 5), edgeOf(all, 6))
  const scan = scanSegment(bytes, all.segment, storeId, keys)
  assert.deepEqual(
    scan.faults.map(({ kind }) => kind),
    ['torn'],
  )
  assert.equal(scan.records.length, 6)
})

test('a frame that was cut out without a trace is missed', async (t) => {
  const all = await written(t)
  const bytes = Buffer.concat([all.bytes.subarray(0, edgeOf(all, 3)), all.bytes.subarray(edgeOf(all, 4))])
  const scan = scanSegment(bytes, all.segment, storeId, keys)
  assert.deepEqual(
    scan.faults.map(({ kind }) => kind),
    ['damaged'],
  )
})

test('a frame that was repeated is not read twice', async (t) => {
  const all = await written(t)
  const frame = all.bytes.subarray(edgeOf(all, 3), edgeOf(all, 4))
  const bytes = Buffer.concat([all.bytes.subarray(0, edgeOf(all, 7)), frame])
  const scan = scanSegment(bytes, all.segment, storeId, keys)
  assert.equal(scan.records.length, 7)
  assert.deepEqual(
    scan.faults.map(({ kind }) => kind),
    ['damaged'],
  )
})

test('the last frame altered but whole is damage', async (t) => {
  const all = await written(t)
  const [from, to] = [edgeOf(all, 6), edgeOf(all, 7)]
  for (let at = from; at < to - 1; at++) {
    const bytes = Buffer.from(all.bytes)
    bytes[at] = (bytes[at] ?? 0) ^ 0x55
    const scan = scanSegment(bytes, all.segment, storeId, keys)
    assert.deepEqual(
      scan.faults.map(({ kind }) => kind),
      ['damaged'],
      `byte ${at - from}`,
    )
    assert.equal(scan.records.length, 6)
  }
})

test('damage becomes JOURNAL_DAMAGED, and a lost piece of a body leaves a gap instead of glued ends', async (t) => {
  const all = await written(t)
  const bytes = Buffer.from(all.bytes)
  bytes.fill(0x41, edgeOf(all, 3), edgeOf(all, 4))
  await writeFile(join(all.folder, all.file), bytes)
  const { attempts, damage } = await readJournals({ folder: all.folder, storeId, keys })
  assert.deepEqual(
    damage.map(({ code }) => code),
    ['JOURNAL_DAMAGED'],
  )
  const answer = attempts[0]?.answer
  assert.equal(answer?.body.toString(), `${'\0'.repeat(20)}"refresh_token":"y"}`)
  assert.deepEqual([answer?.gaps, answer?.complete], [true, false])
})

test('an answer whose head is lost still belongs to its grant', async (t) => {
  const all = await written(t)
  const bytes = Buffer.from(all.bytes)
  bytes.fill(0x41, edgeOf(all, 1), edgeOf(all, 3))
  await writeFile(join(all.folder, all.file), bytes)
  const { attempts } = await readJournals({ folder: all.folder, storeId, keys })
  assert.equal(attempts[0]?.grantId, 'grant-a')
  assert.equal(attempts[0]?.lineage, 'line-a')
  assert.deepEqual([attempts[0]?.answer?.status, attempts[0]?.answer?.complete], [null, false])
  assert.equal(attempts[0]?.answer?.body.toString(), '{"access_token":"x","refresh_token":"y"}')
})

test('a segment under another name, of another store or with another key of the same id is refused', async (t) => {
  const all = await written(t)
  const elsewhere = scanSegment(all.bytes, 'f'.repeat(32), storeId, keys)
  const otherStore = scanSegment(all.bytes, all.segment, 'store-2', keys)
  const otherKey = scanSegment(all.bytes, all.segment, storeId, [journalKeyOf(Buffer.alloc(32), key.keyId)])
  for (const scan of [elsewhere, otherStore, otherKey]) {
    assert.deepEqual(scan.records, [])
    assert.deepEqual(
      scan.faults.map(({ kind }) => kind),
      ['damaged'],
    )
  }
})

test('garbage, empty and foreign files do not stop the reading of the others', async (t) => {
  const all = await written(t)
  await writeFile(join(all.folder, `${'0'.repeat(32)}.open`), '')
  await writeFile(join(all.folder, `${'1'.repeat(32)}.open`), Buffer.alloc(5_000, 0xf4))
  await writeFile(join(all.folder, 'README'), 'hello')
  await copyFile(join(all.folder, all.file), join(all.folder, `${'2'.repeat(32)}.open`))
  const { attempts, damage } = await readJournals({ folder: all.folder, storeId, keys })
  assert.equal(attempts.length, 1)
  assert.equal(attempts[0]?.answer?.complete, true)
  assert.equal(damage.length, 2)
})

test('an older segment that was truncated and renamed while it is listed is read or gone, never an error', async (t) => {
  const all = await written(t)
  await truncate(join(all.folder, all.file), edgeOf(all, 5))
  await rename(join(all.folder, all.file), join(all.folder, `${all.segment}.settled`))
  const { attempts } = await readJournals({ folder: all.folder, storeId, keys })
  assert.equal(attempts[0]?.answer?.complete, false)
  assert.equal((await readdir(all.folder)).length, 2)
  await rename(join(all.folder, `${all.segment}.settled`), join(all.folder, all.file))
})
