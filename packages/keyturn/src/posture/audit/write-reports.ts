/** Reports into files: whole or not at all, for their owner alone, since they say where an org is weak. */
import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { KeyturnError } from '@keyturn/tokens'
import { inBlocks } from '../text-blocks.ts'
import { endings } from './formats/format.ts'
import type { FormatName } from './formats/format.ts'

export interface ReportFile {
  readonly format: FormatName
  readonly path: string
}

/** One format goes into the file that was named; of several each gets the name with its own ending. */
export const reportFiles = (formats: readonly FormatName[], output: string): readonly ReportFile[] =>
  formats.map((format) => ({ format, path: formats.length === 1 ? output : `${output}${endings[format]}` }))

export const writeReport = (path: string, parts: Iterable<string>): void => {
  const fresh = `${path}.${process.pid}`
  try {
    const file = openSync(fresh, 'w', 0o600)
    try {
      for (const text of inBlocks(parts)) writeFileSync(file, text)
    } finally {
      closeSync(file)
    }
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new KeyturnError('BAD_ARGUMENT', `${path} can’t be written (${code})`, {
      fix: 'Name a file in a folder that is there.',
    })
  }
}
