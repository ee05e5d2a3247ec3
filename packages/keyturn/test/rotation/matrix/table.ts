/** The matrix as it is printed and recorded: kind × trouble with counts, and a reason for what is empty. */
import type { EmptyCell } from './cells.ts'
import type { Cell, Outcome, Place } from './matrix.ts'

export type Counts = Readonly<Record<string, number>>

const countsOf = (names: readonly string[]): Counts => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** As it is counted. */
export const endOf = (outcome: Outcome): string =>
  outcome.is === 'empty' ? 'empty' : `${outcome.state}, ${outcome.works}${outcome.halts > 0 ? ', after a halt' : ''}`

const letter = (outcome: Outcome): string => {
  if (outcome.is === 'empty') return '-'
  if (outcome.works === 'a person is needed') return 'P'
  return outcome.works === 'new works' ? 'n' : 'o'
}

export const byKindAndTrouble = (
  cells: readonly Cell[],
): Readonly<Record<string, Readonly<Record<string, Counts>>>> => {
  const kinds = [...new Set(cells.map(({ kind }) => kind.name))]
  return Object.fromEntries(
    kinds.map((name) => {
      const own = cells.filter(({ kind }) => kind.name === name)
      const troubles = [...new Set(own.map(({ trouble }) => trouble))]
      return [
        name,
        Object.fromEntries(
          troubles.map((trouble) => [
            trouble,
            countsOf(own.filter((one) => one.trouble === trouble).map(({ outcome }) => endOf(outcome))),
          ]),
        ),
      ]
    }),
  )
}

/** Rows are troubles, columns kinds; a number a letter: n the new value works, o the old one, P a person is needed. */
export const tableOf = (
  cells: readonly Cell[],
  planned: readonly Place[],
  empty: readonly EmptyCell[],
): readonly string[] => {
  const kinds = [...new Set([...planned, ...empty].map(({ kind }) => kind.name))]
  const troubles = [...new Set([...planned, ...empty].map(({ trouble }) => trouble))]
  const cell = (name: string, trouble: string): string => {
    const here = (one: Place): boolean => one.kind.name === name && one.trouble === trouble
    const counts = countsOf(cells.filter(here).map(({ outcome }) => letter(outcome)))
    const text = ['n', 'o', 'P'].flatMap((one) => (counts[one] === undefined ? [] : `${counts[one]}${one}`))
    if (text.length > 0) return text.join(' ')
    if ((counts['-'] ?? 0) > 0) return '-'
    return planned.some(here) ? 'not drawn' : empty.some(here) ? '-' : 'none'
  }
  const wide = Math.max(...troubles.map(({ length }) => length))
  const row = (first: string, rest: readonly string[]): string =>
    `${first.padEnd(wide)} | ${rest.map((one) => one.padEnd(12)).join('| ')}`.trimEnd()
  return [
    ...kinds.map((name, index) => `${index + 1}: ${name}`),
    row(
      '',
      kinds.map((_name, index) => String(index + 1)),
    ),
    ...troubles.map((trouble) =>
      row(
        trouble,
        kinds.map((name) => cell(name, trouble)),
      ),
    ),
    'none: this kind has nothing of the sort (mails, deployments, revocations); not drawn: in the long run only',
  ]
}

/** How many cells are empty for which reason. */
export const emptyReasons = (cells: readonly Cell[], empty: readonly EmptyCell[]): Counts =>
  countsOf([
    ...empty.map(({ why }) => why),
    ...cells.flatMap(({ outcome }) => (outcome.is === 'empty' ? [outcome.why] : [])),
  ])
