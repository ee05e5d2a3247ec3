/** What is published works on every Node that it says it supports: the newest of each line at the time of writing. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { installPacked, nodeOf, useWith } from './packed.ts'

test('each subpath and bin works with an empty stderr on every supported Node', async (t) => {
  const installation = await installPacked(mkdtempSync(join(tmpdir(), 'pack-')))
  for (const version of ['22.18.0', '22.23.3', '24.21.0', '26.10.0']) {
    await t.test(`Node ${version}`, (sub) => {
      const node = nodeOf(version)
      if (node === undefined) sub.skip(`Node ${version} comes as a package for Linux only`)
      else useWith(node, installation)
    })
  }
})
