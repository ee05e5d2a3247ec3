/**
 * Login IP ranges of a profile, made of the addresses that its users were seen at. Ranges that are there stay, but for
 * those that let in half the internet, in whose place come the addresses behind them that were used.
 */
import { withElement } from '../../org/metadata-component.ts'
import { rangesOf } from '../collectors/profiles/profiles.ts'
import { isBroad, rangeText } from '../controls/addresses.ts'
import type { IpRange, ProfileFact } from '../facts.ts'
import { seenIn } from './app-uses.ts'
import { present } from './app-element.ts'
import { requireNarrowerRanges } from './never-wider.ts'
import { guessedRanges, rangeLimits, rangesSeen } from './seen-ranges.ts'
import type { AskedFix, Mended } from './subject-fix.ts'

/** All active users of the profile count, whatever they are. */
export const narrowProfile = (profile: ProfileFact, { facts, snapshot }: AskedFix): Mended => {
  const { users, logins } = facts
  if (users.is === 'unknown') return `Who has the profile is not known: ${users.text}.`
  if (logins.is === 'unknown') return `From where its people come is not known: ${logins.text}.`
  if (profile.fullName === undefined) return 'The metadata of the profile was not read.'
  if (profile.loginRanges.is === 'unknown') return `Its ranges were not read: ${profile.loginRanges.text}.`
  const { fullName, name } = profile
  const seen = seenIn(snapshot)
  const mine = users.value.filter((user) => user.active && user.profileId === profile.id)
  const found = rangesSeen(
    seen.usesBy(mine.map(({ username }) => username)).filter(({ user }) => user !== null),
    rangeLimits.wholeProfile,
    profile.loginRanges.value,
  )
  if (typeof found === 'string') return found
  const kept = profile.loginRanges.value.filter((range) => !isBroad(range))
  const ranges: readonly IpRange[] = [
    ...new Map([...kept, ...found].map((range) => [rangeText(range), range])).values(),
  ]
  const loginIpRanges = ranges.map(({ from, to }) => ({ endAddress: to, startAddress: from }))
  return {
    change: {
      title: `Profile ${name}: log in from ${ranges.map(rangeText).join(', ')} only`,
      components: [
        {
          type: 'Profile',
          fullName,
          edit: (body) => {
            const is = present(body, `Profile ${fullName}`)
            const now = rangesOf(is['loginIpRanges'], 'startAddress', 'endAddress')
            requireNarrowerRanges(ranges, now, `The login ranges of ${name}`)
            return withElement(is, ['loginIpRanges'], loginIpRanges)
          },
        },
      ],
      records: [],
      clicks: [],
    },
    restricts: [{ is: 'login-addresses', profile: profile.id, ranges }],
    untold: guessedRanges,
  }
}
