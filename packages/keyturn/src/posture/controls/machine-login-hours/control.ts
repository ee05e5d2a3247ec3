/** Login hours of machines. */
import { profilesById } from '../indexes.ts'
import { given, right, unsure, wrong } from '../looks.ts'
import { userControl } from '../user-control.ts'

export const control = userControl({
  id: 'machine-login-hours',
  title: 'Integrations can log in during their hours only',
  severity: 'low',
  why: 'A nightly job has no reason to log in at noon; whoever stole its credential has.',
  remedy:
    'Give integrations a profile of their own with login hours around their schedule; leave out what runs round the clock, by a waiver.',
  effort: 'hours',
  catalogues: { checklist: ['7'], sbs: ['SBS-ACS-012'] },
  profiles: {
    integration: {},
    strict: {},
    sbs: { because: 'the control asks to name such users; machines are the ones that can be known' },
  },
  who: 'machines',
  families: ['profiles'],
  wrong: 'logins at any hour are let in',
  look: ({ profileId, profile: name }, { facts: { profiles } }) =>
    given(profiles, (all) => {
      const profile = profilesById(all).get(profileId)
      if (profile === undefined) return unsure('Its profile is not among those that were read.', { profile: name })
      return given(profile.loginHours, (limited) =>
        limited ? right : wrong('Its profile has no login hours.', { profile: name }),
      )
    }),
})
