/** Login IP ranges that let everybody in. */
import { isBroad, rangeText, sizeOf } from '../addresses.ts'
import { listControl } from '../list-control.ts'
import { apart, given, right, unsure, wrong } from '../looks.ts'

export const control = listControl({
  id: 'profile-ip-ranges-broad',
  title: 'No login IP range is the whole internet',
  severity: 'high',
  why: 'A range over everything looks like a restriction in every list and is none; it even switches off the question for a new device.',
  remedy: 'Replace it by the addresses that are used; the logins show them.',
  effort: 'hours',
  catalogues: { sbs: ['SBS-AUTH-003'] },
  profiles: { baseline: {}, strict: {}, sbs: {} },
  family: 'profiles',
  noun: ['profile with ranges', 'profiles with ranges'],
  wrong: 'a range over a large part of the internet',
  subject: ({ name }) => `profile:${name}`,
  look: ({ loginRanges }) =>
    given(loginRanges, (ranges) => {
      if (ranges.length === 0) return apart
      const broad = ranges.filter((range) => isBroad(range))
      if (broad.length > 0) return wrong(`Lets in ${broad.map(rangeText).join(', ')}.`, { ranges: ranges.length })
      return ranges.some((range) => sizeOf(range) === null) ? unsure('A range is none.') : right
    }),
})
