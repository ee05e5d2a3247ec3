/** Who uses what: counted in memory, written as one record a day; what can't be written now is written later. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import type { Store } from '@keyturn/tokens'
import { openUses, readUses } from '../../../src/usage/uses.ts'
import type { Uses } from '../../../src/usage/uses.ts'

const DAY = 86_400_000
const noon = Date.parse('2026-03-31T12:00:00Z')

interface Scene {
  readonly store: Store
  now: number
  /** Run before each write. */
  beforeWrite: () => void
  open(replica: string): Uses
  readonly warnings: string[]
}

const scene = async (t: TestContext): Promise<Scene> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-uses-'))
  const keyturn = await openKeyturn({ store: `sqlite:${join(folder, 'k.db')}`, masterKey: randomBytes(32), env: {} })
  const opened: Uses[] = []
  t.after(async () => {
    await Promise.all(opened.map((uses) => uses.close()))
    await keyturn.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const { records } = keyturn.store
  const put: typeof records.put = async (record) => {
    it.beforeWrite()
    return records.put(record)
  }
  const store = { ...keyturn.store, records: { ...records, put } }
  const clock = { ...systemClock, wall: () => it.now }
  const it: Scene = {
    store: keyturn.store,
    now: noon,
    beforeWrite: () => undefined,
    warnings: [],
    open: (replica) => {
      const uses = openUses({ store, clock, replica, log: { warn: (message) => void it.warnings.push(message) } })
      opened.push(uses)
      return uses
    },
  }
  return it
}

const sums = async ({ store }: Scene, since?: string) =>
  (await readUses(store, since)).map(({ caller, grant, face, count }) => `${caller} ${grant} ${face} ${count}`)

test('uses that could not be written are kept and written when the store is back; replicas are summed', async (t) => {
  const it = await scene(t)
  it.beforeWrite = () => {
    throw new Error('away')
  }
  const uses = it.open('a')
  uses.count('c', 'acme', 'proxy')
  uses.count('c', 'acme', 'proxy')
  await uses.flush()
  assert.deepEqual(await sums(it), [])
  assert.ok(it.warnings.length > 0)
  it.beforeWrite = () => undefined
  await uses.close()
  const other = it.open('b')
  other.count('c', 'acme', 'proxy')
  await other.close()
  assert.deepEqual(await sums(it), ['c acme proxy 3'])
  assert.deepEqual(await sums(it, '2999-01-01'), [])
})

test('each use counts on its day, also while the last record of a day is on its way or can’t be written', async (t) => {
  const it = await scene(t)
  const uses = it.open('a')
  uses.count('c', 'acme', 'proxy')
  await uses.flush()
  uses.count('c', 'acme', 'proxy')
  // Midnight falls into the writing.
  it.beforeWrite = () => {
    it.beforeWrite = () => undefined
    uses.count('c', 'acme', 'proxy')
    it.now += DAY
    for (let times = 0; times < 5; times++) uses.count('c', 'acme', 'proxy')
  }
  await uses.flush()
  await uses.flush()
  assert.deepEqual([await sums(it), await sums(it, '2026-04-01')], [['c acme proxy 8'], ['c acme proxy 5']])
  it.beforeWrite = () => {
    throw new Error('away')
  }
  uses.count('c', 'acme', 'proxy')
  it.now += DAY
  uses.count('c', 'acme', 'proxy')
  await uses.flush()
  it.beforeWrite = () => undefined
  await uses.flush()
  assert.deepEqual([await sums(it), await sums(it, '2026-04-02')], [['c acme proxy 10'], ['c acme proxy 1']])
})

test('days that are older than is kept are removed', async (t) => {
  const it = await scene(t)
  const uses = it.open('a')
  uses.count('c', 'acme', 'proxy')
  await uses.flush()
  it.now += 401 * DAY
  uses.count('c', 'acme', 'oauth')
  await uses.flush()
  assert.deepEqual(await sums(it), ['c acme oauth 1'])
})
