/**
 * Salesforce may freeze a user whose token turns up at scattered addresses. So whoever enrols callers that are handed the
 * real token of one grant is told when these do not sit in one network.
 */
import { addressRanges } from './address-ranges.ts'
import type { StoredCaller } from './caller-record.ts'

type Sitting = Pick<StoredCaller, 'doc'>

const within = (inner: readonly string[], outer: readonly string[]): boolean => {
  const around = addressRanges(outer)
  return inner.every((range) => around.includes(range.split('/')[0] ?? ''))
}

/** Those that come by a socket alone all sit on the broker's machine. */
const bySocketAlone = ({ doc: { ranges, sockets, certificates, anyAddress } }: Sitting): boolean =>
  ranges.length === 0 && sockets.length > 0 && certificates.length === 0 && !anyAddress

/** All of them sit within the ranges of one of them. */
const together = (callers: readonly Sitting[]): boolean =>
  callers.length < 2 ||
  callers.every(bySocketAlone) ||
  callers.some(
    ({ doc: { ranges } }) =>
      ranges.length > 0 && callers.every(({ doc }) => doc.ranges.length > 0 && within(doc.ranges, ranges)),
  )

interface Scattered {
  readonly grant: string
  /** Names of its callers that are handed the real token. */
  readonly callers: readonly string[]
}

export const scatteredGrants = (all: readonly Sitting[]): readonly Scattered[] => {
  const real = all.filter(({ doc }) => doc.realTokens)
  const grants = [...new Set(real.flatMap(({ doc }) => doc.grants))].sort()
  return grants.flatMap((grant) => {
    const callers = real.filter(({ doc }) => doc.grants.includes(grant))
    return together(callers) ? [] : [{ grant, callers: callers.map(({ doc }) => doc.name).sort() }]
  })
}

export const scatteredText = ({ grant, callers }: Scattered): string =>
  `Real tokens of ${grant} go to different networks (${callers.join(', ')}): Salesforce may freeze a user whose token appears at scattered addresses.`
