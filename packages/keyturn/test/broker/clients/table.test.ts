/** docs/clients.md may not claim a run at the broker that no test makes, nor keep quiet about one. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..', '..', '..', '..')
const tests = join(root, 'packages', 'keyturn', 'test')
const document = readFileSync(join(root, 'docs', 'clients.md'), 'utf8')
const section = document.slice(document.indexOf('## At the broker'), document.indexOf('## What one has to know'))

interface Row {
  readonly client: string
  readonly way: string
  readonly run: string
  readonly by: string
}

const rows: readonly Row[] = section
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => {
    const [client = '', way = '', , run = '', by = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    return { client, way, run, by }
  })

/** What a test of that client is called by: the names before versions and brackets. */
const namesIn = (client: string): readonly string[] =>
  [...client.replaceAll(/\([^)]*\)/g, '').matchAll(/[@A-Za-z][\w@/ .-]*?(?=\s+[\d(]|,|:|$)/g)].map(([name]) =>
    name.trim(),
  )

const fileOf = ({ by }: Row): string | null => {
  const path = /^`([^`]+\.test\.ts)`$/.exec(by)?.[1]
  if (path === undefined) return null
  return path.startsWith('test/') ? join(root, path) : join(tests, path)
}

test('every client that the issue names is in the table', () => {
  const wanted = ['sf CLI', 'jsforce 3', 'jsforce 1', '@salesforce/core', 'simple-salesforce', 'restforce', 'n8n']
  for (const name of [...wanted, 'Data Loader', 'MuleSoft', 'generic OAuth', 'curl'])
    assert.ok(
      rows.some(({ client }) => client.includes(name)),
      name,
    )
})

test('a row that says it was run names a test of that client, and the others name none', () => {
  assert.ok(rows.length > 15)
  for (const row of rows) {
    const file = fileOf(row)
    assert.ok(['URL', 'DNS + CA', 'Token', 'none'].includes(row.way), `${row.client}: ${row.way}`)
    if (file === null) {
      assert.match(row.by, /^(read|can’t be)$/, row.client)
      assert.match(row.run, /^nothing/, row.client)
      assert.equal(row.by === 'can’t be', row.way === 'none', row.client)
      continue
    }
    assert.ok(existsSync(file), `${row.client}: ${file}`)
    const text = readFileSync(file, 'utf8')
    assert.match(text, /\btest\(/, file)
    if (row.client === 'raw HTTP') continue
    const [name = ''] = namesIn(row.client)
    assert.ok(name !== '', row.client)
    assert.ok(text.includes(name), `${file} has no test of ${name}`)
  }
})

test('every test of a client stands in the table', () => {
  const named = new Set(rows.map(fileOf))
  for (const file of globSync(join(tests, 'broker', 'clients', '*.test.ts')))
    if (!file.endsWith('table.test.ts')) assert.ok(named.has(file), file)
  assert.ok(named.has(join(root, 'test', 'sf', 'broker.test.ts')))
})

test('the versions in the table are those that are installed, where this project installs them', () => {
  for (const name of ['jsforce', '@jsforce/jsforce-node', '@salesforce/core', 'simple-oauth2']) {
    const found = findPackageJSON(name, import.meta.url) ?? ''
    const { version } = createRequire(import.meta.url)(found) as { readonly version: string }
    assert.ok(section.includes(`${name} ${version}`), `${name} ${version}`)
  }
  const older = readFileSync(join(tests, 'broker', 'clients', 'older-jsforce.long.test.ts'), 'utf8')
  for (const version of ['1.11.1', '2.0.0-beta.29']) assert.ok(older.includes(version) && section.includes(version))
  assert.ok(readFileSync(join(root, 'tools', 'run-sf-suite.ts'), 'utf8').includes('2.150.6'))
})
