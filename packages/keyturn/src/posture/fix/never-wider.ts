/**
 * A list that a fix writes was made of what was read a while ago. When it is applied it is held against what stands there by
 * then: what would let in somebody who is shut out now is refused, whoever narrowed it meanwhile.
 */
import { isIP } from 'node:net'
import { KeyturnError } from '@keyturn/tokens'
import { valueOf } from '../controls/addresses.ts'
import type { IpRange } from '../facts.ts'

interface Span {
  readonly version: number
  readonly first: bigint
  readonly last: bigint
}

const spanOf = ({ from, to }: IpRange): readonly Span[] => {
  const [first, last] = [valueOf(from), valueOf(to)]
  return first === null || last === null ? [] : [{ version: isIP(from.trim()), first, last }]
}

/** Neighbours and what overlaps as one. */
const joined = (ranges: readonly IpRange[]): readonly Span[] =>
  ranges
    .flatMap(spanOf)
    .toSorted((a, b) => a.version - b.version || (a.first < b.first ? -1 : 1))
    .reduce<readonly Span[]>((all, span) => {
      const before = all.at(-1)
      if (before === undefined || before.version !== span.version || span.first > before.last + 1n)
        return [...all, span]
      return [...all.slice(0, -1), { ...before, last: span.last > before.last ? span.last : before.last }]
    }, [])

/** No range at all lets everybody in. */
export const isWithin = (wanted: readonly IpRange[], now: readonly IpRange[]): boolean => {
  if (now.length === 0) return true
  const open = joined(now)
  return wanted.every((range) =>
    spanOf(range).some(({ version, first, last }) =>
      open.some((one) => one.version === version && one.first <= first && last <= one.last),
    ),
  )
}

const wider = (what: string): KeyturnError =>
  new KeyturnError('ORG_REFUSED', `${what} was narrowed since it was read, and the fix would open it again`, {
    fix: 'Run the same command again: it plans with what is there now.',
  })

/** Throws ORG_REFUSED. */
export const requireNarrowerRanges = (wanted: readonly IpRange[], now: readonly IpRange[], what: string): void => {
  if (!isWithin(wanted, now)) throw wider(what)
}

/** Throws ORG_REFUSED. */
export const requireFewerNames = (wanted: readonly string[], now: readonly string[], what: string): void => {
  if (!wanted.every((name) => now.includes(name))) throw wider(what)
}
