import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openJournal } from '../../src/journal/journal.ts'
import { provedUnsent } from '../../src/journal/unsent.ts'
import { holder as dead, keys, markAt, nameOf, newFolder, optionsFor, segmentFiles, storeId } from './fixture.ts'

// Another boot: its processes are dead.
const own = { host: dead.host, process: `00000000-0000-0000-0000-000000000000/pid:[1]/${process.pid}/1` }

test('only silence of an undamaged journal about a dead process is a proof', async (t) => {
  const folder = await newFolder(t)
  const journal = await openJournal(optionsFor(folder))
  await journal.sending({ ...nameOf('sent'), mark: markAt(1) })
  journal.committed('sent', markAt(2))
  await journal.close()
  const [file = ''] = await segmentFiles(folder)
  assert.match(file, /\.settled$/, 'a settled segment counts as well')

  const claims = [
    { attempt: 'sent', holder: dead },
    { attempt: 'claimed', holder: dead },
    { attempt: 'mine', holder: own },
    { attempt: 'elsewhere', holder: { ...dead, host: 'host-2' } },
  ]
  const proved = async (): Promise<string[]> => [...(await provedUnsent({ folder, storeId, keys, own }, claims))]
  assert.deepEqual(await proved(), ['claimed'])

  const bytes = await readFile(join(folder, file))
  bytes[400] = (bytes[400] ?? 0) ^ 1
  await writeFile(join(folder, file), bytes)
  assert.deepEqual(await proved(), [], 'the damaged record may be the one')
})
