/** The cases every control about the holders of one permission has. */
import type { ControlCase } from '../control.ts'
import { known } from '../fact.ts'
import { hidden, sampleUser, userlist } from './sample-facts.ts'

export const holdersCases = (permission: string): readonly ControlCase[] => {
  const permissionNames = known([permission])
  const holder = sampleUser({ username: 'zoe@example.com', permissions: known([permission]) })
  const unread = sampleUser({ username: 'bob@example.com', permissions: hidden })
  const subjects = ['user:zoe@example.com']
  return [
    { name: 'nobody', facts: { permissionNames, ...userlist(sampleUser()) }, verdict: 'pass' },
    { name: 'somebody', facts: { permissionNames, ...userlist(sampleUser(), holder) }, verdict: 'fail', subjects },
    {
      name: 'somebody documented',
      facts: { permissionNames, ...userlist(holder) },
      parameters: { documented: ['zoe@example.com'] },
      verdict: 'pass',
    },
    {
      name: 'somebody, and others unread',
      facts: { permissionNames, ...userlist(unread, holder) },
      verdict: 'fail',
      subjects,
    },
    {
      name: 'somebody unread',
      facts: { permissionNames, ...userlist(sampleUser(), unread) },
      verdict: 'unknown',
      subjects: ['user:bob@example.com'],
    },
    { name: 'whether it exists is not known', facts: userlist(sampleUser()), verdict: 'unknown' },
    {
      name: 'users cannot be read',
      facts: { permissionNames, users: hidden },
      verdict: 'unknown',
      subjects: ['users'],
    },
    {
      name: 'the org does not know it',
      facts: { permissionNames: known(['ApiEnabled']), ...userlist(sampleUser()) },
      verdict: 'not-applicable',
    },
    {
      name: 'of somebody who left',
      facts: { permissionNames, ...userlist({ ...holder, active: false }) },
      verdict: 'not-applicable',
    },
  ]
}
