import { seenIn } from '../../fix/app-uses.ts'
import { subjectFix } from '../../fix/subject-fix.ts'

/** Frozen, not deactivated: that is undone in a moment, and shows what somebody misses. */
export const fix = subjectFix('user-inactive', ({ subject }, { snapshot }) => {
  const user = seenIn(snapshot).userOf(subject.replace(/^user:/u, ''))
  if (user === undefined) return 'The user is not among those that were read.'
  if (user.id === snapshot.auditor.userId) return 'It is the account that looks: nobody freezes itself.'
  if (user.loginId === undefined) return 'The record by which it is frozen was not read: freeze it in Setup, Users.'
  return {
    change: {
      title: `Freeze ${user.username}`,
      components: [],
      records: [
        {
          is: 'update',
          object: 'UserLogin',
          id: user.loginId,
          name: `freeze ${user.username}`,
          fields: { IsFrozen: true },
        },
      ],
      clicks: [],
    },
    restricts: [{ is: 'users-off', users: [user.username] }],
    untold: ['which scheduled jobs and flows run as it'],
  }
})
