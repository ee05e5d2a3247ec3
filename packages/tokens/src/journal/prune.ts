/**
 * Retention. A segment goes when nothing will be appended to it (sealed, or its process proved dead), all its attempts
 * are in the store, and it is older than a backup that somebody may yet restore. Damaged segments stay: they are evidence.
 */
import { rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { provedDead } from '../holder.ts'
import type { Holder } from '../protocol/state.ts'
import { diskError } from './disk.ts'
import { readSegments } from './read.ts'
import type { ReadOptions, SegmentContents } from './read.ts'
import { openSuffix, settledSuffix } from './segment.ts'

/** How long answers are kept after their commit. */
const retention = 30 * 86_400_000

interface PruneOptions extends ReadOptions {
  readonly own: Holder
  /** Wall clock, epoch milliseconds. */
  readonly now: number
}

export async function pruneJournals(
  options: PruneOptions,
): Promise<{ readonly deleted: readonly string[]; readonly settled: readonly string[]; readonly kept: number }> {
  const segments = await readSegments(options, 'all')
  const committed = new Set(
    segments.flatMap(({ records }) => records.flatMap((r) => (r.type === 'committed' ? [r.attempt] : []))),
  )
  const over = segments.filter(
    (segment) =>
      segment.faults.every(({ kind }) => kind === 'torn') &&
      (isSealed(segment) || (segment.holder !== null && provedDead(segment.holder, options.own) === true)) &&
      attemptsOf(segment).every((attempt) => committed.has(attempt)),
  )
  const deleted = closed(
    segments,
    over.filter((segment) => lastWord(segment) < options.now - retention),
  )
  const settled = over.filter((segment) => !segment.settled && !deleted.has(segment))
  try {
    for (const { file } of deleted) await unlink(join(options.folder, file)).catch(ignoreGone)
    for (const { file } of settled) {
      const to = file.slice(0, -openSuffix.length) + settledSuffix
      await rename(join(options.folder, file), join(options.folder, to)).catch(ignoreGone)
    }
  } catch (error) {
    throw diskError(options.folder, error)
  }
  return {
    deleted: [...deleted].map(({ file }) => file),
    settled: settled.map(({ file }) => file),
    kept: segments.length - deleted.size,
  }
}

/** Segments that share an attempt go together, else the word that it is committed might go before the attempt. */
function closed(all: readonly SegmentContents[], candidates: readonly SegmentContents[]): ReadonlySet<SegmentContents> {
  const going = new Set(candidates)
  for (;;) {
    const staying = new Set(all.filter((segment) => !going.has(segment)).flatMap(attemptsOf))
    const held = [...going].filter((segment) => attemptsOf(segment).some((attempt) => staying.has(attempt)))
    if (held.length === 0) return going
    for (const segment of held) going.delete(segment)
  }
}

const isSealed = ({ records }: SegmentContents): boolean => records.at(-1)?.type === 'sealed'

const attemptsOf = ({ records }: SegmentContents): readonly string[] =>
  records.flatMap((record) => ('attempt' in record ? [record.attempt] : []))

const lastWord = ({ records }: SegmentContents): number =>
  Math.max(-Infinity, ...records.map((record) => ('at' in record ? record.at : -Infinity)))

const ignoreGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error
}
