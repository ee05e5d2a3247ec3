/** From where a new integration user may log in: Keyturn's own address always, and what was named; never wide by accident. */
import { KeyturnError } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { ownAddress } from '../../org/own-address.ts'
import { rangeText } from '../controls/addresses.ts'
import type { IpRange } from '../facts.ts'
import { parseRange, sameRange, tooWide } from './address-range.ts'
import type { IntegrationDescription } from './integration-description.ts'
import { standardProfile } from './integration-profile.ts'

interface RangesOf {
  readonly org: OrgConnection
  readonly description: IntegrationDescription
  /** Keyturn's own address; null: asked of the org. */
  readonly fromAddress: string | null
  readonly wide: boolean
}

export const distinct = (ranges: readonly IpRange[]): readonly IpRange[] =>
  ranges.filter((range, index) => ranges.findIndex((other) => sameRange(range, other)) === index)

/** Empty: the profile is everybody’s, and is left as it is. Throws BAD_ARGUMENT. */
export const loginRanges = async ({ org, description, fromAddress, wide }: RangesOf): Promise<readonly IpRange[]> => {
  const { ownProfile, addresses = [], hours } = description
  if (ownProfile === undefined) {
    if (addresses.length === 0 && hours === undefined && fromAddress === null) return []
    throw new KeyturnError(
      'BAD_ARGUMENT',
      `Login hours and addresses are the profile’s, and others use ${standardProfile}`,
      {
        fix: 'Give it a profile of its own with --own-profile NAME.',
      },
    )
  }
  const own = fromAddress ?? (await ownAddress(org))
  if (own === null)
    throw new KeyturnError('BAD_ARGUMENT', 'The org does not show from which address Keyturn comes', {
      fix: 'Name it with --from-address: without it Keyturn itself could not sign in as the new user.',
    })
  const ranges = [own, ...addresses].map(parseRange)
  const broad = ranges.find((range) => tooWide(range) !== null)
  if (broad !== undefined && !wide)
    throw new KeyturnError('BAD_ARGUMENT', `${rangeText(broad)}: ${tooWide(broad) ?? ''}`, {
      fix: 'Name narrower ranges, or add --wide if it has to be.',
    })
  return distinct(ranges)
}
