/** An audit that needs more memory than it may have ends with a sentence and a next step, and the process lives on. */
import assert from 'node:assert/strict'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolder } from '../../cli.ts'

const takenAt = Date.UTC(2026, 10, 22)

/** A snapshot with so many tokens, written row by row. */
const writeSnapshot = (path: string, tokens: number): void => {
  const head = {
    format: 'keyturn-snapshot/1',
    takenAt,
    org: { id: '00D000000000001AAA', name: 'Large', sandbox: false, instanceUrl: 'https://large.example' },
    auditor: { userId: '005000000000001AAA', username: 'auditor@large.example' },
    families: ['tokens'],
    calls: { total: 1, mostAtOnce: 1, ms: 1 },
  }
  const file = openSync(path, 'w', 0o600)
  writeSync(file, `${JSON.stringify(head).slice(0, -1)},"facts":{"settings":{},"tokens":{"is":"known","value":`)
  writeSync(file, `{"counted":${tokens},"read":${tokens},"complete":true,"why":"all","tokens":[`)
  for (let from = 0; from < tokens; from += 1000) {
    const rows = Array.from({ length: 1000 }, (_, n) =>
      JSON.stringify({
        ...{ app: `App ${n % 50}`, appId: null, user: `user${from + n}@large.example` },
        ...{ created: takenAt - n, lastUsed: null, useCount: n },
      }),
    )
    writeSync(file, `${from === 0 ? '' : ','}${rows.join(',')}`)
  }
  writeSync(file, ']}}}}\n')
  closeSync(file)
}

void test('too little memory is an error with a next step; with enough the same snapshot is judged', async (t) => {
  const folder = makeFolder(t)
  writeSnapshot(join(folder.path, 'large.json'), 300_000)
  const args = ['audit', '--snapshot', 'large.json', '--fail-on', 'never', '--format', 'json', '--output', 'r.json']
  const starved = await folder.run([...args, '--memory', '64'])
  assert.equal(starved.code, 6, starved.stderr)
  assert.match(starved.stderr, /^OUT_OF_MEMORY: .* 64 MB/)
  assert.match(starved.stderr, /→ .*--memory MB/)
  assert.doesNotMatch(starved.stderr, /\n\s+at |FATAL/)
  const json = await folder.json([...args, '--memory', '64'])
  assert.deepEqual([json.code, json.value.error.code], [6, 'OUT_OF_MEMORY'])
  const enough = await folder.run([...args, '--memory', '2000'])
  assert.equal(enough.code, 0, enough.stderr)
})
