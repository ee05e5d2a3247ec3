import { seenIn } from '../../fix/app-uses.ts'
import { narrowProfile } from '../../fix/profile-ranges-fix.ts'
import { subjectFix } from '../../fix/subject-fix.ts'

/** Ranges belong to a profile: only one that machines alone have can be given theirs. */
export const fix = subjectFix(
  'machine-ip-ranges',
  ({ subject }, asked) => {
    const { users } = asked.facts
    const seen = seenIn(asked.snapshot)
    const user = seen.userOf(subject.replace(/^user:/u, ''))
    const profile = seen.profileOf(user?.username ?? null)
    if (user === undefined || profile === undefined) return 'The user or its profile is not among those that were read.'
    const people = (users.is === 'known' ? users.value : []).filter(
      (one) => one.active && one.profileId === user.profileId && one.nature.is !== 'machine',
    )
    const [first] = people
    if (first !== undefined)
      return `Its profile ${profile.name} is also that of ${first.username}${people.length > 1 ? ` and ${people.length - 1} more` : ''}: give it one of its own (keyturn provision integration-user).`
    return narrowProfile(profile, asked)
  },
  () => '',
)
