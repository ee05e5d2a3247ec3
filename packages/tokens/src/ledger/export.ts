/**
 * A ledger outside of its store: one entry a line, each line the canonical JSON of the entry with its hash, so that an
 * export is byte for byte the same whoever makes it. Verified offline with nothing but SHA-256.
 */
import { canonical } from './canonical.ts'
import { chainCheck } from './chain.ts'
import type { Head, Verdict } from './chain.ts'
import type { LedgerEntry } from './entry.ts'

/** What a ledger is read from: the part of a store that this needs. */
export interface LedgerSource {
  ledger(from: number, limit: number): Promise<readonly LedgerEntry[]>
}

const page = 1000

export const ledgerLine = (entry: LedgerEntry): string => {
  const { v, seq, epoch, at, kind, grant, by, data, prev, hash } = entry
  return canonical({ v, seq, epoch, at, kind, grant, by, data, prev, hash })
}

export async function* readLedger(source: LedgerSource, from = 1): AsyncGenerator<LedgerEntry> {
  for (let next = from; ;) {
    const entries = await source.ledger(next, page)
    yield* entries
    const last = entries.at(-1)
    if (last === undefined || entries.length < page) return
    next = last.seq + 1
  }
}

/** The lines of an export, each with its line end. */
export async function* exportLedger(source: LedgerSource, from = 1): AsyncGenerator<string> {
  for await (const entry of readLedger(source, from)) yield `${ledgerLine(entry)}\n`
}

const keys = ['at', 'by', 'data', 'epoch', 'grant', 'hash', 'kind', 'prev', 'seq', 'v']

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)

const isEntry = (value: unknown): value is LedgerEntry => {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Readonly<Record<string, unknown>>
  if (Object.keys(entry).sort().join() !== keys.join()) return false
  const numbers = ['v', 'seq', 'epoch', 'at'].every((key) => Number.isSafeInteger(entry[key]))
  const texts = ['kind', 'by', 'prev', 'hash'].every((key) => typeof entry[key] === 'string')
  const { grant, data } = entry
  if (!numbers || !texts || (grant !== null && typeof grant !== 'string')) return false
  return typeof data === 'object' && data !== null && !Array.isArray(data) && Object.values(data).every(isScalar)
}

/** Reads one line; null when it is no entry in canonical form. */
export const parseLine = (line: string): LedgerEntry | null => {
  try {
    const value: unknown = JSON.parse(line)
    return isEntry(value) && ledgerLine(value) === line ? value : null
  } catch {
    return null
  }
}

/** A head that is known from elsewhere, such as a checkpoint: the ledger must contain it. */
const missed = (known: Head | null, seen: ReadonlyMap<number, string>, head: Head | null): Verdict | null => {
  if (known === null || seen.get(known.seq) === known.hash) return null
  const at = Math.min(known.seq, (head?.seq ?? 0) + 1)
  const why = seen.has(known.seq)
    ? `entry ${known.seq} is not the one of the checkpoint: the ledger was rewritten`
    : `ends before entry ${known.seq} of the checkpoint: its tail was cut off`
  return { ok: false, at, why }
}

const verify = async (
  entries: AsyncIterable<LedgerEntry | null> | Iterable<LedgerEntry | null>,
  options: { readonly after?: Head; readonly contains?: Head } = {},
): Promise<Verdict> => {
  const check = chainCheck(options.after ?? null)
  const seen = new Map<number, string>()
  if (options.after !== undefined) seen.set(options.after.seq, options.after.hash)
  for await (const entry of entries) {
    const at = (check.head()?.seq ?? 0) + 1
    const why = entry === null ? 'this line is no entry in canonical form' : check.add(entry)
    if (why !== null) return { ok: false, at, why }
    if (entry !== null && entry.seq === options.contains?.seq) seen.set(entry.seq, entry.hash)
  }
  const head = check.head()
  return missed(options.contains ?? null, seen, head) ?? { ok: true, entries: check.count(), head }
}

export interface VerifyOptions {
  /** The export starts after this head (a part of a ledger); default: it starts with entry 1. */
  readonly after?: Head
  /** The export must hold this head, e.g. that of a checkpoint: shows a tail that was cut off. */
  readonly contains?: Head
}

/** Verifies the lines of an export, with or without their line ends. */
export const verifyLedger = (
  lines: AsyncIterable<string> | Iterable<string>,
  options: VerifyOptions = {},
): Promise<Verdict> => verify(parseLines(lines), options)

async function* parseLines(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<LedgerEntry | null> {
  for await (const line of lines) yield parseLine(line.endsWith('\n') ? line.slice(0, -1) : line)
}

/** Verifies the ledger of an open store. */
export const verifyStoreLedger = (source: LedgerSource, options: VerifyOptions = {}): Promise<Verdict> =>
  verify(readLedger(source, (options.after?.seq ?? 0) + 1), options)

/** Verifies entries that are in memory. */
export const verifyEntries = (entries: readonly LedgerEntry[], after?: Head): Verdict => {
  const check = chainCheck(after ?? null)
  for (const entry of entries) {
    const at = (check.head()?.seq ?? 0) + 1
    const why = check.add(entry)
    if (why !== null) return { ok: false, at, why }
  }
  return { ok: true, entries: check.count(), head: check.head() }
}
