/** A store that does not answer: who was known a moment ago goes on, then 503 with Retry-After, never invalid_grant. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { freshDatabase, whyNoPostgres } from '../../../../../test/postgres.ts'
import { losingProxy } from '../../../../tokens/test/store/proxy.ts'
import { ask, form, openHall, until } from './hall.ts'
import type { Hall } from './hall.ts'

const skip = whyNoPostgres()

const cutOff = async (t: TestContext): Promise<{ hall: Hall; cut: () => void; mend: () => Promise<void> }> => {
  const database = await freshDatabase(t)
  const proxy = await losingProxy(database)
  // Nobody listens on port 1.
  const hall = await openHall(t, { store: proxy.url })
  // After the broker has closed its store.
  t.after(() => proxy.close())
  const mend = (): Promise<void> => {
    proxy.lead(Number(new URL(database).port))
    return until('ready again', async () => (await ask(`${hall.url}/readyz`)).status === 200)
  }
  return { hall, cut: () => proxy.lead(1), mend }
}

test('an outage of the store is bridged for staleMax and then said as an outage', { skip }, async (t) => {
  const { hall, cut, mend } = await cutOff(t)
  const etl = await hall.enrol('etl', { realTokens: true })
  const headers = { authorization: etl.basic }
  const self = () => ask(`${hall.url}/keyturn/v1/grants/acme/token`, { headers })
  const refresh = (fields: Readonly<Record<string, string>> = {}) =>
    ask(
      `${hall.url}/services/oauth2/token`,
      form({
        grant_type: 'refresh_token',
        refresh_token: etl.refreshToken,
        client_id: etl.id,
        client_secret: etl.secret,
        ...fields,
      }),
    )
  const before = await self()
  assert.equal(before.status, 200)
  assert.equal((await ask(`${hall.url}/readyz`)).status, 200)
  cut()
  hall.later(1000)
  const [bridged, refreshed, ready, health] = await Promise.all([
    self(),
    refresh(),
    ask(`${hall.url}/readyz`),
    ask(`${hall.url}/healthz`),
  ])
  assert.deepEqual([bridged.status, bridged.json.accessToken], [200, before.json.accessToken])
  assert.equal(refreshed.status, 200)
  assert.deepEqual([ready.status, ready.json.store, health.status], [503, false, 200])
  hall.later(60_000)
  const wrong = [{ refresh_token: 'x' }, { client_secret: 'x' }, { client_id: 'nobody' }]
  for (const answer of await Promise.all([self(), refresh(), ...wrong.map(refresh)])) {
    assert.equal(answer.status, 503)
    assert.ok(Number(answer.headers['retry-after']) > 0)
    assert.ok(!answer.text.includes('invalid_grant'))
  }
  await mend()
  assert.deepEqual([(await self()).status, (await refresh()).status], [200, 200])
})

test('who was never seen before an outage is not called unknown', { skip }, async (t) => {
  const { hall, cut, mend } = await cutOff(t)
  cut()
  const answer = await ask(
    `${hall.url}/services/oauth2/token`,
    form({ grant_type: 'refresh_token', refresh_token: 'anything', client_id: 'x' }),
  )
  assert.equal(answer.status, 503)
  assert.ok(!answer.text.includes('invalid_grant'))
  await mend()
})

test('uses that could not be written are kept and written when the store is back', async (t) => {
  const hall = await openHall(t)
  const { openUses, readUses } = await import('../../../src/usage/uses.ts')
  const { openLog } = await import('../../../src/broker/log.ts')
  const { systemClock } = await import('@keyturn/tokens')
  const { store } = hall.keyturn
  let broken = true
  const flaky = {
    ...store,
    records: {
      ...store.records,
      put: async (record: Parameters<typeof store.records.put>[0]) => {
        if (broken) throw new Error('away')
        return store.records.put(record)
      },
    },
  }
  const lines: string[] = []
  const log = openLog({ clock: systemClock, level: 'info', write: (line) => void lines.push(line) })
  const uses = openUses({ store: flaky, clock: systemClock, log, replica: 'a' })
  uses.count('c', 'acme', 'proxy')
  uses.count('c', 'acme', 'proxy')
  await uses.flush()
  assert.deepEqual(await readUses(store), [])
  assert.ok(lines.length > 0)
  broken = false
  await uses.close()
  const other = openUses({ store, clock: systemClock, log, replica: 'b' })
  other.count('c', 'acme', 'proxy')
  await other.close()
  assert.deepEqual(
    (await readUses(store)).map(({ caller, grant, face, count }) => [caller, grant, face, count]),
    [['c', 'acme', 'proxy', 3]],
  )
  assert.deepEqual(await readUses(store, '2999-01-01'), [])
})
