/**
 * Disks that are full, read-only or slow, for real: a tmpfs of a few megabytes under the store or under the journal,
 * filled to the last byte at the worst moment and emptied again.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { verifyStoreLedger } from '../../src/ledger/export.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { assemble, openParts } from '../../src/keyturn.ts'
import type { Store } from '../../src/store/store.ts'
import { DESCRIBE, startOrg, WAIT, type OrgScene } from '../conformance/org.ts'

interface SmallDisk {
  readonly folder: string
  fill(): void
  empty(): void
}

const whyNoMount = (): string | false => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux can mount a tmpfs'
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return mounted ? false : 'this machine does not let root mount a tmpfs'
}
const skip = whyNoMount()

const smallDisk = (t: TestContext): SmallDisk => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-disk-'))
  assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', folder]).status, 0)
  t.after(() => {
    spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      const file = openSync(ballast, 'w')
      for (const size of [65_536, 4_096, 512, 1]) {
        try {
          for (;;) writeSync(file, Buffer.alloc(size))
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'ENOSPC')
        }
      }
      closeSync(file)
    },
    empty: () => rmSync(ballast),
  }
}

const arrived = ({ sim }: OrgScene): number =>
  sim.control.log().filter((event) => event.kind === 'arrived' && event.endpoint === 'token').length

for (const place of ['store', 'journal'] as const) {
  test(
    `a disk that is full under the ${place}: nothing is spent, what was bought is kept, and it goes on when there is space`,
    { skip },
    async (t) => {
      const disk = smallDisk(t)
      const elsewhere = mkdtempSync(join(tmpdir(), 'keyturn-elsewhere-'))
      t.after(() => rmSync(elsewhere, { recursive: true, force: true }))
      const on = (what: 'store' | 'journal'): string => (what === place ? disk.folder : elsewhere)
      const org = await startOrg(
        t,
        {},
        { store: `sqlite:${join(on('store'), 'keyturn.db')}`, stateFolder: join(on('journal'), 'host') },
      )
      await org.add()
      assert.equal(await org.call(), 200)

      // Full before the exchange. What is open may hold space that is its own already: then it works, or it says so.
      for (let round = 0; round < 3; round++) {
        org.expire()
        disk.fill()
        const before = arrived(org)
        const { exchanges } = org.counters()
        const end = await org.call()
        if (end !== 200) {
          assert.equal(end, 'STORE_FULL')
          assert.equal(arrived(org), before, 'nothing was sent')
        }
        disk.empty()
        assert.equal(await org.call(), 200)
        assert.equal(org.counters().exchanges, exchanges + 1)
      }

      // Full while the answer is on its way, far longer than anybody waits.
      org.expire()
      const fault = org.sim.control.addFault({ match: { endpoint: 'token' }, action: { holdAfter: true } })
      const calling = org.call()
      await org.sim.control.held({ fault: fault.id, timeoutMs: 10_000 })
      disk.fill()
      org.sim.control.removeFaults()
      org.sim.control.release()
      await org.options.clock?.sleep(200)
      org.advance(WAIT + 1_000)
      await org.options.clock?.sleep(200)
      disk.empty()
      await calling
      for (let tries = 0; tries < 300 && (await org.call()) !== 200; tries++) await org.options.clock?.sleep(20)
      assert.equal(await org.call(), 200)
      const { reuses, unknownOutcomes, orderedReplays } = org.counters()
      assert.deepEqual(
        { reuses, unknownOutcomes, orderedReplays },
        { reuses: 0, unknownOutcomes: 0, orderedReplays: 0 },
      )

      // Full while a process starts: an honest error, and no half-made store.
      await org.keyturn.close()
      disk.fill()
      const opened = await org.open().then(
        async (keyturn) => {
          const end = await keyturn.token('acme').then(
            () => 'ok',
            (error: unknown) => (error as { code?: string }).code,
          )
          await keyturn.close().catch(() => undefined)
          return end
        },
        (error: unknown) => (error as { code?: string }).code,
      )
      assert.match(String(opened), /^(ok|STORE_FULL)$/)
      disk.empty()
      const again = await org.open()
      assert.equal((await again.fetch('acme', DESCRIBE)).status, 200)
      assert.equal((await verifyStoreLedger(again.store)).ok, true)
      await again.store.verify()
    },
  )
}

test('a store that can only be read serves what lives and spends nothing', { skip }, async (t) => {
  const disk = smallDisk(t)
  const org = await startOrg(t, {}, { store: `sqlite:${join(disk.folder, 'keyturn.db')}` })
  await org.add()
  assert.equal(await org.call(), 200)
  await org.keyturn.close()
  const remount = (how: string): number | null => spawnSync('mount', ['-o', `remount,${how}`, disk.folder]).status
  assert.equal(remount('ro'), 0)
  const before = arrived(org)
  const opened = await org.open().then(
    () => 'open',
    (error: unknown) => (error as { code?: string }).code,
  )
  // SQLite can't even make its index beside the file: on some systems that is all it says.
  assert.match(String(opened), /^STORE_(READ_ONLY|UNAVAILABLE)$/)
  assert.equal(arrived(org), before)
  assert.equal(remount('rw'), 0)
  const again = await org.open()
  assert.equal((await again.fetch('acme', DESCRIBE)).status, 200)
  await again.close()
  assert.equal(org.counters().reuses, 0)
})

test('a disk on which every write takes its time loses nothing and is only slow', async (t) => {
  const org = await startOrg(t)
  await org.add()
  assert.equal(await org.call(), 200)
  await org.keyturn.close()
  const parts = await openParts(org.options)
  await parts.journal.close()
  const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60))
  const journal = await openJournal({
    folder: parts.journalFolder,
    storeId: parts.store.id,
    key: parts.journalKey,
    holder: parts.holder,
    clock: org.options.clock ?? assert.fail(),
    sync: async (handle) => {
      await slow()
      await handle.datasync()
    },
  })
  const store: Store = {
    ...parts.store,
    apply: async (grantId, event, puts) => {
      await slow()
      const applied = await parts.store.apply(grantId, event, puts)
      await slow()
      return applied
    },
  }
  const keyturn = await assemble({ ...parts, store, journal }, org.options)
  for (let n = 0; n < 3; n++) {
    org.expire()
    const { generation } = await keyturn.token('acme')
    const herd = await Promise.all(Array.from({ length: 20 }, () => keyturn.rejected('acme', generation)))
    assert.equal(new Set(herd.map((token) => token.accessToken)).size, 1)
  }
  await keyturn.close()
  const { exchanges, reuses, unknownOutcomes } = org.counters()
  assert.deepEqual({ exchanges, reuses, unknownOutcomes }, { exchanges: 4, reuses: 0, unknownOutcomes: 0 })
})
