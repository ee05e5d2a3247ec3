/**
 * The store's high-water mark as this host saw it, outside the store (rule 12): empty files whose names are the mark.
 *
 * A new mark is a new name and lower names are removed after it, so processes never overwrite each other's and the
 * highest name is the answer. The names aren't synced: after a reboot they may be behind, which their boot id tells;
 * the segments then say more.
 */
import { closeSync, openSync, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Mark } from '../store/store.ts'
import { diskError } from './disk.ts'

const pattern = /^mark-(\d{10})-(\d{16})-([0-9a-zA-Z]{1,128})-([0-9a-f]{8}|0)$/

export const markAbove = (a: Mark, b: Mark | null): boolean =>
  b === null || a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq)

export const higherMark = (a: Mark | null, b: Mark | null): Mark | null =>
  a === null || (b && markAbove(b, a)) ? b : a

interface SeenMarks {
  readonly highest: Mark | null
  /** Written since the machine booted: nothing of it can be lost. */
  readonly current: boolean
}

export function readMarks(folder: string, boot: string): SeenMarks {
  let seen: SeenMarks = { highest: null, current: false }
  for (const name of list(folder)) {
    const named = parse(name)
    if (named && markAbove(named.mark, seen.highest))
      seen = { highest: named.mark, current: named.boot === bootName(boot) }
  }
  return seen
}

/** Writes the mark and removes all that are lower. */
export function writeMark(folder: string, boot: string, mark: Mark): void {
  const name = `mark-${digits(mark.epoch, 10)}-${digits(mark.seq, 16)}-${mark.hash || '0'}-${bootName(boot)}`
  try {
    closeSync(openSync(join(folder, name), 'w', 0o600))
  } catch (error) {
    throw diskError(folder, error)
  }
  for (const other of list(folder)) {
    const named = parse(other)
    if (!named || other === name || markAbove(named.mark, mark)) continue
    try {
      unlinkSync(join(folder, other))
    } catch {
      // Another process was faster.
    }
  }
}

/** Eight digits tell boots of one machine apart; `0` where the system doesn't name them. */
const bootName = (boot: string): string => /^[0-9a-f]{8}/.exec(boot)?.[0] ?? '0'

const digits = (value: number, width: number): string => String(value).padStart(width, '0')

function parse(name: string): { readonly mark: Mark; readonly boot: string } | null {
  const [, epoch, seq, hash, boot] = pattern.exec(name) ?? []
  if (!epoch || !seq || !hash || !boot) return null
  return { mark: { epoch: Number(epoch), seq: Number(seq), hash: hash === '0' ? '' : hash }, boot }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw diskError(folder, error)
  }
}
