/** What makes the posture part of the demo fail, and how it is told. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postureLines } from '../../src/demo/posture/tell.ts'
import { partFaults } from '../../src/demo/verdict.ts'
import { mended, turned } from './turned.ts'

const plain = (_colour: string, text: string): string => text

void test('a problem of the audits, or none shown, makes the demo fail', () => {
  assert.deepEqual(partFaults({ rotations: turned, posture: mended }), [])
  assert.deepEqual(partFaults({ rotations: turned, posture: null }), ['no audit was shown'])
  const bad = { ...mended, problems: ['the score did not rise'] }
  assert.deepEqual(partFaults({ rotations: turned, posture: bad }), ['posture: the score did not rise'])
})

void test('the story fits into 80 columns and says what came out', () => {
  const lines = postureLines(11, mended, 80, plain)
  for (const line of lines) assert.ok(line.length <= 80, line)
  const text = lines.join('\n')
  assert.match(text, /✓ 14 → 40 of 100/)
  assert.match(text.replaceAll(/\s+/g, ' '), /would cut off erp\.sync@legacy\.example/)
  assert.match(postureLines(11, { ...mended, problems: ['x'] }, 80, plain).join('\n'), /✗ 14/)
})
