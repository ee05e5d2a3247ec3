/**
 * Lines of CSV (RFC 4180) for spreadsheets. Spreadsheets run cells that begin like a formula, some of them after splitting
 * at semicolons or tabs whatever the quotes say: an apostrophe takes the meaning away.
 */
import { shownText } from '../shown-text.ts'

/** A sign at the start, or after anything that some spreadsheet takes for a separator. */
const formula = /(^|[;,|\t"])(\s*)(?=[=+\-@\uff0b\uff0d\uff1d\uff20])/g

/** Excel cuts a cell at 32,767 characters. */
const cell = (text: string): string => `"${shownText(text, 2000).replace(formula, "$1$2'").replaceAll('"', '""')}"`

export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`
