/** The ledger offline: the published vectors, and everything an export or a checkpoint has to show. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonical } from '../../src/ledger/canonical.ts'
import type { Canonical } from '../../src/ledger/canonical.ts'
import { follow, genesis } from '../../src/ledger/chain.ts'
import { newSigningKey, signCheckpoint } from '../../src/ledger/checkpoint.ts'
import { exportLedger, ledgerLine, parseLine, verifyCheckpoint, verifyLedger } from '../../src/ledger/index.ts'
import type { Checkpoint, Head, LedgerEntry } from '../../src/ledger/index.ts'
import { absent, aGrant, code, emptyPlace, kinds } from '../store/fixtures.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../../../../docs/formats/vectors/ledger.json', import.meta.url), 'utf8'),
) as {
  canonical: { value: Canonical; bytes: string }[]
  lines: string[]
  head: Head
  broken: { why: string; lines: string[]; at: number }[]
  checkpoint: { pkcs8: string; verifyingKey: string; note: string; says: Checkpoint }
}

test('the vectors: canonical bytes', () => {
  for (const { value, bytes } of vectors.canonical) assert.equal(canonical(value), bytes)
})

test('the vectors: a whole ledger verifies, hashes are plain SHA-256 of plain bytes', async () => {
  assert.deepEqual(await verifyLedger(vectors.lines), { ok: true, entries: 4, head: vectors.head })
  // As another implementation would do it, with nothing of ours: cut the hash member out of the line.
  for (const line of vectors.lines) {
    const hash = /"hash":"([0-9a-f]{64})",/.exec(line)
    assert.equal(
      createHash('sha256')
        .update(line.replace(hash?.[0] ?? '', ''))
        .digest('hex'),
      hash?.[1],
    )
  }
})

test('the vectors: each broken ledger is found where it breaks', async () => {
  for (const { why, lines, at } of vectors.broken) {
    const verdict = await verifyLedger(lines)
    assert.deepEqual([verdict.ok, verdict.ok ? 0 : verdict.at], [false, at], why)
  }
})

test('the vectors: the checkpoint verifies and is signed deterministically', () => {
  const { pkcs8, verifyingKey, note, says } = vectors.checkpoint
  assert.deepEqual(verifyCheckpoint(note, verifyingKey), says)
  assert.equal(signCheckpoint(says, Buffer.from(pkcs8, 'hex')), note)
})

const chainOf = (count: number): LedgerEntry[] => {
  let head: Head = { epoch: 1, seq: 0, hash: genesis }
  return Array.from({ length: count }, (_, i) => {
    const entry = follow(head, { epoch: 1, at: i, kind: 'k', grant: null, by: 'h/p', data: { i } })
    head = { epoch: 1, seq: entry.seq, hash: entry.hash }
    return entry
  })
}

test('no byte of an export can be changed without being found', async () => {
  const text = chainOf(3).map((entry) => `${ledgerLine(entry)}\n`)
  const whole = text.join('')
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.integer({ min: 1, max: 127 }), async (at, flip) => {
      const changed = `${whole.slice(0, at)}${String.fromCharCode(whole.charCodeAt(at) ^ flip)}${whole.slice(at + 1)}`
      const verdict = await verifyLedger(changed.split('\n').slice(0, -1))
      assert.equal(verdict.ok, false)
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('canonical form is a fixed point and the order of members does not matter', () => {
  const scalar = fc.oneof(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), scalar), (value) => {
      const bytes = canonical(value)
      assert.equal(canonical(JSON.parse(bytes) as Canonical), bytes)
      assert.equal(canonical(Object.fromEntries(Object.entries(value).toReversed())), bytes)
    }),
    { numRuns: 300, seed: 1 },
  )
  assert.throws(() => canonical(0.5))
  assert.throws(() => canonical(2 ** 53))
  assert.throws(() => canonical('\ud800'))
  assert.equal(canonical(-0), '0')
})

test('a tail that was cut off shows against a checkpoint, and so does a rewritten history', async () => {
  const entries = chainOf(5)
  const lines = entries.map(ledgerLine)
  const contains = { epoch: 1, seq: 5, hash: entries[4]?.hash ?? '' }
  assert.equal((await verifyLedger(lines, { contains })).ok, true)
  assert.equal((await verifyLedger(lines.slice(0, 4))).ok, true, 'a chain alone does not show it')
  const cut = await verifyLedger(lines.slice(0, 4), { contains })
  assert.deepEqual([cut.ok, cut.ok ? 0 : cut.at], [false, 5])
  const other = chainOf(4)
  const last = other[3]
  const rewritten =
    last === undefined
      ? []
      : [...other, follow(last, { epoch: 1, at: 9, kind: 'other', grant: null, by: 'h/p', data: {} })]
  assert.equal((await verifyLedger(rewritten.map(ledgerLine))).ok, true)
  assert.equal((await verifyLedger(rewritten.map(ledgerLine), { contains })).ok, false)
})

test('a part of a ledger verifies after the head it follows, and after no other', async () => {
  const entries = chainOf(5)
  const lines = entries.slice(2).map(ledgerLine)
  const after = { epoch: 1, seq: 2, hash: entries[1]?.hash ?? '' }
  assert.equal((await verifyLedger(lines, { after })).ok, true)
  assert.equal((await verifyLedger(lines, { after: { ...after, hash: genesis } })).ok, false)
  assert.equal((await verifyLedger(lines)).ok, false)
})

test('a line that is JSON and no entry is not taken for one', () => {
  const [line = ''] = vectors.lines
  assert.notEqual(parseLine(line), null)
  for (const bad of [
    '',
    '{}',
    'null',
    '[]',
    `${line} `,
    line.replace('"v":1', '"v":1.0'),
    line.replace('{"at"', '{"aa":1,"at"'),
  ]) {
    assert.equal(parseLine(bad), null)
  }
})

test('a checkpoint of another store, with another key or an altered line is refused', () => {
  const { note, verifyingKey, says } = vectors.checkpoint
  const stranger = newSigningKey(says.store)
  assert.throws(() => verifyCheckpoint(note, stranger.verifyingKey), code('LEDGER_BROKEN'))
  assert.throws(() => verifyCheckpoint(note, newSigningKey('other').verifyingKey), code('LEDGER_BROKEN'))
  assert.throws(() => verifyCheckpoint(note.replace('\n4\n', '\n3\n'), verifyingKey), code('LEDGER_BROKEN'))
  assert.throws(() => verifyCheckpoint(note.replace('epoch 2', 'epoch 3'), verifyingKey), code('LEDGER_BROKEN'))
  assert.throws(() => verifyCheckpoint(note.slice(0, -10), verifyingKey), code('LEDGER_BROKEN'))
  assert.throws(() => verifyCheckpoint('', verifyingKey), code('LEDGER_BROKEN'))
  assert.throws(() => verifyCheckpoint(note, 'nonsense'), code('BAD_ARGUMENT'))
})

for (const kind of kinds) {
  test(`${kind}: a store’s export verifies offline and holds its checkpoint`, { skip: absent(kind) }, async (t) => {
    const store = await (await emptyPlace(t, kind)).open()
    await store.add(aGrant('one'))
    for (let i = 0; i < 5; i++) await store.note('exported', null, { i })
    const { note, verifyingKey } = await store.checkpoint()
    await store.note('exported', null, { i: 5 })
    assert.equal(await store.verifyingKey(), verifyingKey)
    const lines: string[] = []
    for await (const line of exportLedger(store)) lines.push(line)
    const contains = verifyCheckpoint(note, verifyingKey)
    assert.equal(contains.store, store.id)
    assert.deepEqual(await verifyLedger(lines, { contains }), { ok: true, entries: 9, head: await store.mark() })
    assert.equal((await verifyLedger(lines.slice(0, 7), { contains })).ok, false)
  })
}
