/** A listing on a terminal. */
import type { Paint } from '../../output/colour.ts'
import { table } from '../../output/table.ts'
import { wrapText } from '../../output/terminal-text.ts'
import { shownText } from '../audit/shown-text.ts'
import type { Listing } from './listing.ts'

export interface Screen {
  readonly paint: Paint
  readonly width: number | undefined
}

/** Lines of a table, and steps, that a screen shows before it says how many more there are. */
const mostRows = 100
const mostSteps = 20

export const listingTable = (listing: Listing, { paint, width }: Screen): string => {
  const say = (text: string, indent = ''): string => wrapText(shownText(text, 2_000), width, indent)
  const tables = listing.tables.map(({ columns, rows }) => {
    const shown = rows.slice(0, mostRows)
    const text = table(
      shown,
      columns.map((column, index) => ({
        ...column,
        of: (row: readonly string[]) => shownText(row[index] ?? '', 120) || null,
      })),
      width,
    )
    return rows.length > mostRows ? `${text}\n… and ${rows.length - mostRows} more: --format csv has them all` : text
  })
  const steps = listing.steps.slice(0, mostSteps).map(({ title, lines, commands }) =>
    [
      paint('bold', say(title)),
      ...lines.map((line) => `  ${say(line, '  ')}`),
      // Not broken: to be copied.
      ...commands.map((command) => `  $ ${shownText(command, 1_000)}`),
    ].join('\n'),
  )
  const more = listing.steps.length - mostSteps
  return `${[
    `${paint('bold', say(listing.title))}\n${say(listing.about)}`,
    listing.sentences.map((text) => say(text)).join('\n'),
    ...tables,
    ...steps,
    ...(more > 0 ? [`… and ${more} more of that kind: --format markdown has them all`] : []),
    ...(listing.blind.length === 0
      ? []
      : [
          [
            paint('yellow', 'Not read, so it may be worse:'),
            ...listing.blind.map((text) => `  ${say(text, '  ')}`),
          ].join('\n'),
        ]),
  ].join('\n\n')}\n`
}
