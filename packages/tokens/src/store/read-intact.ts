/**
 * Reads many rows. One that was altered outside (STORE_TAMPERED) is told and left out, so that it can't hold up the
 * others; without `altered` it is an error, as for one row.
 */
import { KeyturnError } from '../errors.ts'
import type { Row } from './sql.ts'

export const readIntact = <T>(
  rows: readonly Row[],
  read: (row: Row) => T,
  altered?: (error: KeyturnError) => void,
): readonly T[] =>
  rows.flatMap((row) => {
    try {
      return [read(row)]
    } catch (error) {
      if (altered === undefined || !(error instanceof KeyturnError) || error.code !== 'STORE_TAMPERED') throw error
      altered(error)
      return []
    }
  })
