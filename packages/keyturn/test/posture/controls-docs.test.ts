/** docs/controls.md is what the controls say. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { controlsDocument } from '../../../../tools/controls-docs.ts'

test('the page of the controls is up to date (node tools/controls-docs.ts writes it)', async () => {
  const { file, text } = await controlsDocument()
  assert.equal(readFileSync(file, 'utf8'), text)
})
