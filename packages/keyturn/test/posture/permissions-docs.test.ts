/** docs/permissions.md is what the permission sets and the collectors say. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { permissionsDocument } from '../../../../tools/permissions-docs.ts'

void test('docs/permissions.md is made from the permission sets and the needs of collectors as they are', async () => {
  const { file, text } = await permissionsDocument()
  assert.equal(readFileSync(file, 'utf8'), text, 'run node tools/permissions-docs.ts')
})
