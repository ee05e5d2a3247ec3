/** Profiles without login IP ranges. */
import { listControl } from '../list-control.ts'
import { apart, given, right, wrong } from '../looks.ts'

export const control = listControl({
  id: 'profile-ip-ranges',
  title: 'Every profile in use names where its people log in from',
  severity: 'medium',
  why: 'Ranges on a profile are the one network rule of the platform that refuses; trusted ranges of the org only ask.',
  remedy: 'Enter the company’s networks as login IP ranges of the profile, after looking where its people come from.',
  effort: 'days',
  catalogues: { shr: ['shr_limit_login_ip_ranges'] },
  profiles: { strict: {} },
  family: 'profiles',
  noun: ['profile in use', 'profiles in use'],
  wrong: 'logins from anywhere are let in',
  subject: ({ name }) => `profile:${name}`,
  look: ({ loginRanges, activeUsers }) => {
    if (activeUsers.is === 'known' && activeUsers.value === 0) return apart
    return given(loginRanges, (ranges) => (ranges.length > 0 ? right : wrong('Has no login IP ranges.', {})))
  },
})
