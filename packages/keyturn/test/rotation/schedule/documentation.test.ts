/** The how-to: its example is a valid keyturn.yaml, and it leaves no setting, state or preset's way out. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { checkConfig } from '../../../src/config/check.ts'
import { scheduleSettings } from '../../../src/rotation/schedule/schedule-settings.ts'

const text = readFileSync(new URL('../../../../../docs/how-to/schedule-rotations.md', import.meta.url), 'utf8')

test('the example is taken', () => {
  const example = /```yaml\n([\s\S]*?)\n```/.exec(text)?.[1]
  assert(example !== undefined)
  assert.deepEqual(checkConfig(example, Date.UTC(2026, 10, 22)).problems, [])
})

test('every setting is named', () => {
  for (const name of Object.keys(scheduleSettings.shape)) assert(text.includes(name), name)
})

test('every state is named', () => {
  for (const state of [
    'due',
    'overdue',
    'running',
    'blocked-by-window',
    'waiting-for-approval',
    'waiting-for-adoption',
    'unknown-age',
  ])
    assert(text.includes(`\`${state}\``), state)
})
