/** Login IP ranges of machines. */
import { isBroad, rangeText, sizeOf } from '../addresses.ts'
import { profilesById } from '../indexes.ts'
import { given, right, unsure, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-ip-ranges',
  title: 'Integrations can log in from their own addresses only',
  severity: 'high',
  why: 'Machines come from a few servers. With ranges on the profile a stolen credential of any kind is refused everywhere else; JWT bearer keeps to them too.',
  remedy:
    'Give the integration’s profile login IP ranges with its servers and Keyturn’s own address, after looking where it comes from today.',
  effort: 'hours',
  catalogues: { checklist: ['7'] },
  profiles: {
    integration: {},
    baseline: {},
    strict: {},
  },
  who: 'machines',
  families: ['profiles'],
  wrong: 'logins from anywhere are let in',
  look: ({ profileId, profile: name }, { facts: { profiles } }) =>
    given(profiles, (all) => {
      const profile = profilesById(all).get(profileId)
      if (profile === undefined) return unsure('Its profile is not among those that were read.', { profile: name })
      return given(profile.loginRanges, (ranges) => {
        if (ranges.length === 0) return wrong('Its profile has no login IP ranges.', { profile: name })
        const broad = ranges.filter((range) => isBroad(range))
        if (broad.length > 0)
          return wrong('A range of its profile is very broad.', { ranges: broad.map(rangeText).join(' ') })
        return ranges.some((range) => sizeOf(range) === null) ? unsure('A range of its profile is none.') : right
      })
    }),
})
