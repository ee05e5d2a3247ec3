/**
 * Snapshots as files: written as a whole or not at all, readable by their owner only (they say where an org is weak), and
 * read only when this version understands them.
 */
import { open, readFile, rename, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import { jsonParts } from './json-parts.ts'
import { noFacts } from './no-facts.ts'
import { snapshotFormat } from './snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import { inBlocks } from './text-blocks.ts'

export const writeSnapshot = async (path: string, snapshot: Snapshot): Promise<void> => {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`)
  try {
    const file = await open(beside, 'wx', 0o600)
    try {
      for (const text of inBlocks(snapshotText(snapshot))) await file.appendFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw new KeyturnError('BAD_ARGUMENT', `The snapshot can’t be written to ${path}: ${reasonOf(error)}`)
  }
}

/** The file, in pieces. */
export function* snapshotText(snapshot: Snapshot): Generator<string> {
  yield* jsonParts(snapshot)
  yield '\n'
}

export const readSnapshot = async (path: string): Promise<Snapshot> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new KeyturnError('BAD_ARGUMENT', `The snapshot ${path} can’t be read: ${reasonOf(error)}`)
  })
  return parseSnapshot(text, path)
}

/** `from`: for messages. */
export const parseSnapshot = (text: string, from: string): Snapshot => {
  const bad = (why: string): KeyturnError =>
    new KeyturnError('BAD_ARGUMENT', `${from} is no snapshot of Keyturn: ${why}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw bad('it is no JSON')
  }
  if (!isObject(value)) throw bad('it is no object')
  const { format } = value
  if (format !== snapshotFormat) throw bad(newer(format) ?? `its format is ${JSON.stringify(format)?.slice(0, 60)}`)
  const { takenAt, org, auditor, families, facts, calls } = value
  if (typeof takenAt !== 'number' || !Number.isFinite(takenAt)) throw bad('it does not say when it was taken')
  if (!isObject(org) || typeof org['id'] !== 'string') throw bad('it does not say of which org it is')
  if (!isObject(auditor) || !isObject(calls) || !Array.isArray(families)) throw bad('parts of it are missing')
  if (!isObject(facts)) throw bad('it holds no facts')
  const { settings = {}, ...others } = facts
  if (!isObject(settings) || !Object.values(settings).every(isFact)) throw bad('its settings are no facts')
  const wrong = Object.entries(others).find(([, fact]) => !isFact(fact))
  if (wrong !== undefined) throw bad(`“${wrong[0].slice(0, 60)}” is no fact`)
  // What a family of a later minor version left out was not collected.
  return { ...value, facts: { ...noFacts, ...facts } } as unknown as Snapshot
}

const newer = (format: unknown): string | null => {
  const [, version] = /^keyturn-snapshot\/(\d+)$/.exec(typeof format === 'string' ? format : '') ?? []
  return version === undefined ? null : `it is of format ${version}; this Keyturn reads format 1. Use a newer Keyturn`
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isFact = (value: unknown): boolean =>
  isObject(value) &&
  ((value['is'] === 'known' && 'value' in value) ||
    (value['is'] === 'unknown' && typeof value['why'] === 'string' && typeof value['text'] === 'string'))

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'it failed'
