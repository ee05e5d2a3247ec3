/** The sf CLI's refresh lock, taken by us and by proper-lockfile, which is what the CLI uses. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { lockRotation } from '../../src/adapters/rotation-lock.ts'
import { systemClock } from '../../src/clock.ts'

interface ProperLockfile {
  lock(path: string, options: object): Promise<() => Promise<void>>
  check(path: string, options: object): Promise<boolean>
}

const theirs = createRequire(import.meta.url)('proper-lockfile') as ProperLockfile
/** As @salesforce/core calls it. */
const asCore = { realpath: false, stale: 10_000 }
const clock = systemClock

const place = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-lock-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'user@acme.example.json.token-rotation')
}

/** As if its holder had stopped keeping it this long ago. */
const age = (path: string, ms: number): void => {
  const then = (Date.now() - ms) / 1000
  utimesSync(`${path}.lock`, then, then)
}

test('while we hold the lock the CLI does not get it, and the other way round', async (t) => {
  const path = place(t)
  const ours = await lockRotation(path, { clock, wait: 0 })
  assert.equal(ours.holds(), true)
  assert.equal(ours.abandoned, false)
  await assert.rejects(theirs.lock(path, asCore), { code: 'ELOCKED' })
  ours.release()
  assert.equal(ours.holds(), false)
  assert.equal(await theirs.check(path, asCore), false)
  const unlock = await theirs.lock(path, asCore)
  await assert.rejects(lockRotation(path, { clock, wait: 60 }), { code: 'EXCHANGE_TIMEOUT' })
  const waiting = lockRotation(path, { clock, wait: 20_000 })
  await unlock()
  const next = await waiting
  assert.equal(next.abandoned, false)
  next.release()
  assert.equal(existsSync(`${path}.lock`), false)
})

test('an abandoned lock is taken over after 10 s, or later where asked, and that is said', async (t) => {
  const path = place(t)
  mkdirSync(`${path}.lock`)
  age(path, 9_000)
  await assert.rejects(lockRotation(path, { clock, wait: 0 }), { code: 'EXCHANGE_TIMEOUT' })
  age(path, 11_000)
  await assert.rejects(lockRotation(path, { clock, wait: 0, takeOverAfter: 120_000 }), { code: 'EXCHANGE_TIMEOUT' })
  const taken = await lockRotation(path, { clock, wait: 0 })
  assert.equal(taken.abandoned, true)
  assert.equal(taken.holds(), true)
  taken.release()
})

test('a holder that slept too long knows that the lock is no longer its own, and leaves it alone', async (t) => {
  const path = place(t)
  const slept = await lockRotation(path, { clock, wait: 0 })
  age(path, 11_000)
  const unlock = await theirs.lock(path, asCore)
  assert.equal(slept.holds(), false)
  slept.release()
  assert.equal(existsSync(`${path}.lock`), true)
  await unlock()
})

test('time that passed unnoticed counts: a lock not kept for seven seconds is not relied on', async (t) => {
  let asleep = 0
  const drowsy = { ...clock, boot: () => clock.boot() + asleep }
  const lock = await lockRotation(place(t), { clock: drowsy, wait: 0 })
  assert.equal(lock.holds(), true)
  asleep = 7_001
  assert.equal(lock.holds(), false)
  lock.release()
})

test('a folder that cannot be written is a clear error', async (t) => {
  const path = join(place(t), 'missing', 'file')
  await assert.rejects(lockRotation(path, { clock, wait: 0 }), { code: 'STORE_READ_ONLY' })
})
