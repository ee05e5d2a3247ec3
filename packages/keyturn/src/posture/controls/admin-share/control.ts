/** How many of the company's users are System Administrators. */
import { controlOf } from '../asked.ts'
import { unknownFamily } from '../looks.ts'
import { numberIn } from '../parameters.ts'
import { isInternal } from '../user-control.ts'

export const control = controlOf(
  {
    id: 'admin-share',
    title: 'Few users are System Administrators',
    severity: 'medium',
    why: 'Each administrator is one more password, phone and laptop that is the whole org.',
    remedy:
      'Move people who administer one thing to a profile of their own with permission sets, until the share is small.',
    effort: 'days',
    catalogues: { healthCheck: ['AdminUsers.activeSystemAdministratorCount'] },
    profiles: {
      baseline: {
        percent: 5,
        atLeast: 2,
        because: 'two administrators are needed to get each other out of trouble, however small the org',
      },
      strict: { percent: 5, atLeast: 2 },
      'health-check': { percent: 5, atLeast: 0, because: 'Health Check knows the share alone' },
    },
  },
  ['users'],
  ({ facts: { users }, parameters }) => {
    if (users.is === 'unknown') return unknownFamily('users', users)
    const active = users.value.filter((user) => user.active && isInternal(user))
    if (active.length === 0)
      return { verdict: 'not-applicable', why: 'the org has no active internal users', evidence: [] }
    const admins = active.filter((user) => user.systemAdministrator)
    const percent = (admins.length * 100) / active.length
    const why = `${admins.length} of ${active.length} active internal users are System Administrators (${percent.toFixed(1)} %)`
    const fine = percent <= numberIn(parameters, 'percent', 5) || admins.length <= numberIn(parameters, 'atLeast', 2)
    if (fine) return { verdict: 'pass', why, evidence: [] }
    const facts = { admins: admins.length, users: active.length }
    return {
      verdict: 'fail',
      why,
      evidence: [
        { subject: 'org', text: why, facts },
        ...admins.map(({ username, lastLogin }) => ({
          subject: `user:${username}`,
          text: 'Is a System Administrator.',
          facts: { lastLogin },
        })),
      ],
    }
  },
)
