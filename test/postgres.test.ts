/** The tests' own PostgreSQL: it is a real one, survives a kill, and leaves nothing behind. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import test from 'node:test'
import { Client } from 'pg'
import { freshDatabase, startPostgres, whyNoPostgres } from './postgres.ts'

const skip = whyNoPostgres()

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url })
  // A server that is killed breaks the connection: the query reports it, the idle event needs a listener.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

test('two databases of the shared server do not see each other', { skip }, async (t) => {
  const [one, two] = await Promise.all([freshDatabase(t), freshDatabase(t)])
  assert.notEqual(one, two)
  await ask(one, 'create table mark (id int)')
  assert.equal(await ask(one, "select to_regclass('mark')::text"), 'mark')
  assert.equal(await ask(two, "select to_regclass('mark')::text"), null)
})

test('what was committed is there after the server was killed and started again', { skip }, async (t) => {
  const server = await startPostgres(t)
  const url = await server.newDatabase()
  assert.equal(await ask(url, "select current_setting('fsync')"), 'on')
  await ask(url, 'create table kept as select 42 as answer')
  await server.kill()
  await assert.rejects(ask(url, 'select 1'), { code: 'ECONNREFUSED' })
  await server.start()
  assert.equal(await ask(url, 'select answer from kept'), 42)
})

test('a stopped server leaves no files, and a password is needed while it runs', { skip }, async () => {
  const server = await startPostgres({ fsync: false, settings: { work_mem: '7MB' } })
  assert.equal(await ask(server.url, "select current_setting('work_mem')"), '7MB')
  const wrong = new URL(server.url)
  wrong.password = 'wrong'
  await assert.rejects(ask(wrong.href, 'select 1'), { code: '28P01' })
  assert.ok(existsSync(server.dataDirectory))
  await server.stop()
  assert.ok(!existsSync(server.dataDirectory))
})
