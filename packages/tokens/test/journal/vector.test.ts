import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { journalKeyOf, sealFrame, segmentSeal } from '../../src/journal/frame.ts'
import { encodeRecord } from '../../src/journal/record.ts'
import { scanSegment } from '../../src/journal/scan.ts'

interface Vector {
  readonly key: string
  readonly keyId: string
  readonly storeId: string
  readonly segment: string
  readonly frames: readonly {
    readonly number: number
    readonly durable: number
    readonly nonce: string
    readonly payload: string
    readonly bytes: string
  }[]
}

const file = join(import.meta.dirname, '../../../../docs/formats/vectors/journal.json')

test('the published vector is what is written and what is read', async () => {
  const vector = JSON.parse(await readFile(file, 'utf8')) as Vector
  const key = journalKeyOf(Buffer.from(vector.key, 'hex'), vector.keyId)
  const seal = segmentSeal(key, vector.storeId, vector.segment)
  for (const { number, durable, nonce, payload, bytes } of vector.frames) {
    const frame = { number, durable, nonce: Buffer.from(nonce, 'hex'), payload: Buffer.from(payload, 'hex') }
    assert.equal(sealFrame(seal, frame).toString('hex'), bytes)
  }
  const segment = Buffer.concat([...vector.frames.map(({ bytes }) => Buffer.from(bytes, 'hex')), Buffer.alloc(4_096)])
  const { records, faults } = scanSegment(segment, vector.segment, vector.storeId, [key])
  assert.deepEqual(faults, [])
  assert.deepEqual(
    records.map((record) => encodeRecord(record).toString('hex')),
    vector.frames.map(({ payload }) => payload),
  )
  assert.deepEqual(
    records.map(({ type }) => type),
    ['segment', 'sending', 'head', 'chunk', 'end', 'finished', 'committed', 'sealed'],
  )
})
