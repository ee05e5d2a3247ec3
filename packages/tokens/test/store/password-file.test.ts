/** PGPASSFILE: read as libpq reads it, and without a word of `pg` on stderr. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { freshDatabase, whyNoPostgres } from '../../../../test/postgres.ts'
import { systemClock } from '../../src/clock.ts'
import { openStore } from '../../src/store/open.ts'
import { passwordIn } from '../../src/store/password-file.ts'
import { holder, masterKey } from './fixtures.ts'

test('the first line that fits has the password: wildcards, escapes, comments, and lines that are none', () => {
  const wanted = { host: 'db', port: 5432, database: 'k:t', user: 'me' }
  const said: readonly (readonly [string, string | null])[] = [
    ['db:5432:k\\:t:me:secret', 'secret'],
    ['*:*:*:*:any\n', 'any'],
    ['db:5433:*:me:other\r\ndb:*:k\\:t:me:right\r\n*:*:*:*:late', 'right'],
    ['# db:5432:*:me:comment\n\nno line\ndb:5432:*:me\ndb:5432:*:me:\n*:*:*:*:a\\:b\\\\c\\d', 'a:b\\cd'],
    ['\\*:5432:*:me:literal', null],
    ['d*:5432:*:me:no-pattern', null],
    ['db:5432:k:t:me', null],
    ['*:*:*:*:ends\\', 'ends\\'],
    ['*:*:*:*:ends:comment', 'ends'],
    ['', null],
  ]
  for (const [content, password] of said) assert.equal(passwordIn(content, wanted), password, content)
  const socket = { ...wanted, host: '/var/run/postgresql' }
  assert.equal(passwordIn('localhost:5432:*:me:secret', socket), 'secret')
  assert.equal(passwordIn('db:5432:me:me:secret', { host: 'db', port: 5432, user: 'me' }), 'secret')
})

test(
  'a store is opened with the password of PGPASSFILE, silently; a file that others may read is refused',
  {
    skip: whyNoPostgres(),
  },
  async (t) => {
    const url = new URL(await freshDatabase(t))
    const database = url.pathname.slice(1)
    const password = 'a:b\\c'
    const client = new pg.Client({ connectionString: url.href })
    await client.connect()
    await client.query(`CREATE ROLE ${database} LOGIN SUPERUSER PASSWORD ${client.escapeLiteral(password)}`)
    await client.end()
    const folder = mkdtempSync(join(tmpdir(), 'pgpass-'))
    const file = join(folder, 'pgpass')
    const before = { ...process.env }
    const warnings: string[] = []
    const note = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', note)
    t.after(() => {
      process.off('warning', note)
      process.env = before
      rmSync(folder, { recursive: true })
    })
    delete process.env['PGPASSWORD']
    process.env['PGPASSFILE'] = file
    const address = `postgres://${database}@127.0.0.1:${url.port}/${database}`
    const open = () => openStore(address, { clock: systemClock, masterKey, holder, migrate: true })

    await assert.rejects(open(), /the address has none/)
    writeFileSync(file, `127.0.0.1:${url.port}:nobody:*:wrong\n*:*:${database}:${database}:a\\:b\\\\c\n`)
    chmodSync(file, 0o600)
    await (await open()).close()
    if (process.platform !== 'win32') {
      chmodSync(file, 0o640)
      await assert.rejects(open(), /others than its owner may read the password file/)
    }
    // Warnings are told in a turn of their own.
    await new Promise(setImmediate)
    assert.deepEqual(warnings, [])
  },
)
