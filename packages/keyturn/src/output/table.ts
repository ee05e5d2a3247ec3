/** Aligned columns; on a terminal cut to its width: first whole columns that can be spared, then the widest. */
import { cutText, terminalText, textWidth } from './terminal-text.ts'

interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string | number | null
  readonly right?: boolean
  /** Left out where the terminal is too narrow for everything; the highest first. */
  readonly spared?: number
}

const gap = '  '
const narrowest = 6

export const table = <Row>(rows: readonly Row[], all: readonly Column<Row>[], width?: number): string => {
  const columns = width === undefined ? all : fitting(rows, all, width)
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => terminalText(String(column.of(row) ?? '-')))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => textWidth(line[index] ?? ''))))
  if (width !== undefined) shrink(widths, width - gap.length * (columns.length - 1))
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => {
        const cut = cutText(text, widths[index] ?? 0)
        const space = ' '.repeat((widths[index] ?? 0) - textWidth(cut))
        return columns[index]?.right === true ? space + cut : cut + space
      })
      .join(gap)
      .trimEnd()
  const [titles, ...lines] = cells.map(line)
  return [titles, widths.map((size) => '─'.repeat(size)).join(gap), ...lines].join('\n')
}

const natural = <Row>(rows: readonly Row[], { title, of }: Column<Row>): number =>
  Math.max(textWidth(title), ...rows.map((row) => textWidth(terminalText(String(of(row) ?? '-')))))

const fitting = <Row>(rows: readonly Row[], all: readonly Column<Row>[], width: number): readonly Column<Row>[] => {
  const total = all.reduce((sum, column) => sum + natural(rows, column) + gap.length, -gap.length)
  const first = Math.max(0, ...all.map((column) => column.spared ?? 0))
  if (total <= width || first === 0) return all
  return fitting(
    rows,
    all.filter((column) => column.spared !== first),
    width,
  )
}

const shrink = (widths: number[], room: number): void => {
  for (let over = widths.reduce((sum, size) => sum + size, 0) - room; over > 0; over--) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= narrowest) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

/** Named values under each other. */
export const facts = (pairs: readonly (readonly [string, string | number | null])[]): string => {
  const width = Math.max(0, ...pairs.map(([name]) => textWidth(name)))
  return pairs
    .map(([name, value]) => `${name}${' '.repeat(width - textWidth(name))}  ${terminalText(String(value ?? '-'))}`)
    .join('\n')
}
