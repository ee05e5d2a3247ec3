/** What is kept says in which form: one of another version is neither read as ours nor written back without what it has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StoreRecord } from '@keyturn/tokens'
import { keptDocument, readDocument } from '../../../src/posture/provision/kept-document.ts'

const record = (doc: unknown): StoreRecord => ({ kind: 'widening', id: 'one', version: 1, doc }) as StoreRecord

void test('a document comes back as it was kept; one of a later version, or of none, is refused', () => {
  const kept = { state: 'granted', until: null }
  assert.deepEqual(readDocument(record(keptDocument(kept))), kept)
  for (const doc of [{ ...kept, v: 2 }, kept, null, [], 'text'])
    assert.throws(() => readDocument(record(doc)), { code: 'STORE_TOO_NEW' })
})
