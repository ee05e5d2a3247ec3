/** A unified diff of two texts, with three lines around each difference, as `git diff` and people read it. */

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

const around = 3
/** Beyond it (two files that have nothing in common) the whole middle is shown as replaced. */
const mostCells = 4_000_000

/** By the longest common subsequence of what lies between the lines that are the same at both ends. */
const compared = (a: readonly string[], b: readonly string[]): readonly Line[] => {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (lines: readonly string[]): readonly Line[] => lines.map((text) => ({ sign: ' ', text }))
  return [
    ...same(a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...same(a.slice(a.length - tail)),
  ]
}

const middle = (a: readonly string[], b: readonly string[]): readonly Line[] => {
  const removed = (text: string): Line => ({ sign: '-', text })
  const added = (text: string): Line => ({ sign: '+', text })
  if (a.length * b.length > mostCells) return [...a.map(removed), ...b.map(added)]
  const width = b.length + 1
  const lengths = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: ' ', text: a[i] ?? '' })
      i++
      j++
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) lines.push(removed(a[i++] ?? ''))
    else lines.push(added(b[j++] ?? ''))
  }
  return lines
}

/** Where lines that differ are, with what is around them: [from, to). */
const hunks = (lines: readonly Line[]): readonly (readonly [from: number, to: number])[] => {
  const found: [number, number][] = []
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    const last = found.at(-1)
    const [from, to] = [Math.max(0, index - around), Math.min(lines.length, index + around + 1)]
    if (last !== undefined && from <= last[1]) last[1] = to
    else found.push([from, to])
  }
  return found
}

const range = (start: number, count: number): string => `${count === 0 ? start : start + 1},${count}`

/** Null: there is no such file. */
export const unifiedDiff = (path: string, before: string | null, after: string | null): string => {
  const split = (text: string | null): readonly string[] =>
    text === null || text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const lines = compared(split(before), split(after))
  const parts = hunks(lines).map(([from, to]) => {
    const [past, own] = [lines.slice(0, from), lines.slice(from, to)]
    const count = (all: readonly Line[], other: Line['sign']): number => all.filter(({ sign }) => sign !== other).length
    const head = `@@ -${range(count(past, '+'), count(own, '+'))} +${range(count(past, '-'), count(own, '-'))} @@`
    return [head, ...own.map(({ sign, text }) => sign + text)].join('\n')
  })
  const name = (text: string | null, side: string): string => (text === null ? '/dev/null' : `${side}/${path}`)
  return [`--- ${name(before, 'a')}`, `+++ ${name(after, 'b')}`, ...parts, ''].join('\n')
}
