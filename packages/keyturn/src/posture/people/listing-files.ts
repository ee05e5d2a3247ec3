/** A listing as Markdown and as CSV, made harmless as the audit’s reports are. */
import { csvLine } from '../audit/formats/csv-text.ts'
import { code, rows, words } from '../audit/formats/markdown-text.ts'
import type { Listing } from './listing.ts'

export const listingMarkdown = (listing: Listing): string =>
  `${[
    `# ${words(listing.title)}`,
    words(listing.about),
    ...listing.sentences.map(words),
    ...listing.tables.flatMap(({ title, columns, rows: cells }) => [
      `## ${words(title)}`,
      rows(
        columns.map((column) => words(column.title)),
        cells.map((row) => row.map((cell, index) => (index === 0 ? code(cell) : words(cell)))),
      ),
    ]),
    ...(listing.steps.length === 0 ? [] : ['## What to do']),
    ...listing.steps.flatMap(({ title, lines, commands }) => [
      `### ${words(title)}`,
      ...lines.map(words),
      ...commands.map(code),
    ]),
    ...(listing.blind.length === 0 ? [] : ['## Not read', ...listing.blind.map((text) => `- ${words(text)}`)]),
  ].join('\n\n')}\n`

/** The first table; with a byte order mark, without which Excel reads UTF-8 as something else. */
export const listingCsv = ({ tables: [table] }: Listing): string =>
  table === undefined
    ? ''
    : `\ufeff${csvLine(table.columns.map(({ title }) => title.toLowerCase().replaceAll(' ', '_')))}${table.rows.map(csvLine).join('')}`
