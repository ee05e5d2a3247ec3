/** A folder, a key and names for the journal's tests. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Clock } from '../../src/clock.ts'
import { systemClock } from '../../src/clock.ts'
import { journalKeyOf } from '../../src/journal/frame.ts'
import type { JournalOptions } from '../../src/journal/journal.ts'
import type { AttemptName } from '../../src/journal/record.ts'
import type { Mark } from '../../src/store/store.ts'

export const storeId = 'store-1'
export const key = journalKeyOf(createHash('sha256').update('journal test').digest(), 'k1')
export const keys = [key]
export const holder = { host: 'host-1', process: 'c28c9d0f-b5a6-4fac-a38a-c412f72148a0/pid:[4026531836]/7/70' }

export const markAt = (seq: number, epoch = 1): Mark => ({ epoch, seq, hash: `a${seq}` })
export const nameOf = (attempt: string): AttemptName => ({
  grantId: `grant-${attempt}`,
  attempt,
  lineage: `line-${attempt}`,
})

export async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-journal-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'journal')
}

export const optionsFor = (folder: string, more: Partial<JournalOptions> = {}): JournalOptions => ({
  folder,
  storeId,
  key,
  holder,
  clock: systemClock,
  ...more,
})

export const clockAt = (wall: number): Clock => ({ ...systemClock, wall: () => wall })

export const segmentFiles = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => /\.(open|settled)$/.test(name)).sort()
