import { narrowProfile } from '../../fix/profile-ranges-fix.ts'
import { subjectFix } from '../../fix/subject-fix.ts'

export const fix = subjectFix('profile-ip-ranges', ({ subject }, asked) => {
  const { profiles } = asked.facts
  const profile = profiles.is === 'known' ? profiles.value.find(({ name }) => subject === `profile:${name}`) : undefined
  return profile === undefined ? 'The profile is not among those that were read.' : narrowProfile(profile, asked)
})
