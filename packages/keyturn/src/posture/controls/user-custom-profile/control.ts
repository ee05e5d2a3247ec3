/** People on profiles that came with the org. */
import { profilesById } from '../indexes.ts'
import { given, right, unsure, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'user-custom-profile',
  title: 'People have profiles that the company made',
  severity: 'medium',
  why: 'A profile that came with the org can hardly be narrowed, and a release of Salesforce may widen it.',
  remedy: 'Make profiles of least rights, grant by permission sets, and move people over in groups.',
  effort: 'days',
  catalogues: { sbs: ['SBS-ACS-005'] },
  profiles: { strict: {}, sbs: {} },
  who: 'people',
  families: ['profiles'],
  wrong: 'on a profile that came with the org',
  look: ({ profileId, profile: name }, { facts: { profiles } }) =>
    given(profiles, (all) => {
      const profile = profilesById(all).get(profileId)
      if (profile === undefined) return unsure('Its profile is not among those that were read.', { profile: name })
      return profile.custom ? right : wrong('Has a profile that came with the org.', { profile: name })
    }),
})
