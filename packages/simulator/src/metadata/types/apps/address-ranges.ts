/** Address ranges as metadata has them (two ends, inclusive) and as the org checks them. */
import { BlockList, isIP, isIPv4 } from 'node:net'
import type { Json, JsonObject } from '../../elements.ts'
import { ComponentProblem, textAt } from '../../elements.ts'

interface RangeNames {
  readonly start: string
  readonly end: string
}

/** `start-end`, as `sessions/addresses.ts` takes it. */
export function rangeOf(range: JsonObject, names: RangeNames): string {
  const start = textAt(range, names.start) ?? ''
  const end = textAt(range, names.end) ?? ''
  const family = isIP(start)
  if (family === 0 || isIP(end) !== family)
    throw new ComponentProblem(`The IP address range ${start} - ${end} is invalid`)
  try {
    new BlockList().addRange(start, end, family === 4 ? 'ipv4' : 'ipv6')
  } catch {
    throw new ComponentProblem(`The IP address range ${start} - ${end} ends before it starts`)
  }
  return start === end ? start : `${start}-${end}`
}

const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const address = (value: number): string => [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.')

/** The two ends of what the org checks; an IPv6 network keeps its slash, which no metadata has. */
export function endsOf(range: string): readonly [string, string] {
  const [start = '', end] = range.split('-')
  if (end !== undefined) return [start, end]
  const [network = '', bits] = range.split('/')
  if (bits === undefined || !isIPv4(network)) return [network, network]
  const size = 2 ** (32 - Number(bits))
  const first = Math.floor(number(network) / size) * size
  return [address(first), address(first + size - 1)]
}

/** How many addresses a range holds; an IPv6 range more than anybody counts. */
export function sizeOf(range: string): number {
  const [start, end] = endsOf(range)
  if (!isIPv4(start)) return start === end ? 1 : Infinity
  return number(end) - number(start) + 1
}

/** Descriptions stay with ranges that are still there. */
export function rangesShown(
  ranges: readonly string[],
  kept: readonly Json[] | undefined,
  names: RangeNames,
): readonly JsonObject[] {
  return ranges.map((range) => {
    const [start, end] = endsOf(range)
    const same = (one: Json): boolean =>
      textAt(one as JsonObject, names.start) === start && textAt(one as JsonObject, names.end) === end
    const known = kept?.find(same)
    return known === undefined ? { [names.start]: start, [names.end]: end } : (known as JsonObject)
  })
}
